package io.resnetstreams.precision;

import java.io.IOException;
import java.util.List;

/** Where the images of a search are from. */
public interface SampleSource {
    /** Returns the origin of the images, for people and to be compared: {@code the topic image-events}. */
    String origin();

    /** Returns whether the user named these images, so that they count before others. */
    default boolean isNamed() {
        return false;
    }

    /**
     * Reads images of the model's input size, uint8 H×W×3, without those that can't be decoded.
     *
     * @param most the largest number of images
     */
    List<byte[]> read(int most) throws IOException, InterruptedException;
}
