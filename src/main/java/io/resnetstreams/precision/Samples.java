package io.resnetstreams.precision;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Different images of a model's input size, uint8 H×W×3: two thirds for the calibration, and one third, held out, on which labels
 * are compared. Every third image is held out, so that both parts are spread over the data.
 *
 * @param origin where the images are from, for people
 */
public record Samples(List<byte[]> calibration, List<byte[]> heldOut, String origin) {
    /** The smallest number of images that can be split: 100 are held out. */
    public static final int LEAST_IMAGES = 300;

    private static final int PARTS = 3;

    /** Splits images, which differ; see {@link #distinct}. */
    static Samples split(List<byte[]> images, String origin) {
        List<byte[]> calibration = new ArrayList<>();
        List<byte[]> heldOut = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            (i % PARTS == 1 ? heldOut : calibration).add(images.get(i));
        }
        return new Samples(calibration, heldOut, origin);
    }

    /** Returns images without repetitions: a camera that sends the same picture again tells nothing new. */
    static List<byte[]> distinct(List<byte[]> images) {
        Set<ByteBuffer> different = new LinkedHashSet<>();
        images.forEach(image -> different.add(ByteBuffer.wrap(image)));
        return different.stream().map(ByteBuffer::array).toList();
    }
}
