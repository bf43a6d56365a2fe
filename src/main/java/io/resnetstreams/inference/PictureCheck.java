package io.resnetstreams.inference;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.ImageSize;
import io.resnetstreams.image.Preprocessing;
import java.util.Optional;

/**
 * Detects pictures that a small network was probably not trained on: in colour and much larger than its input, as photographs
 * are. A network with an input of 224×224 was trained on photographs, so it gets no warnings.
 */
public final class PictureCheck {
    private static final int SMALL_NETWORK = 64; // pixels of the longer edge
    private static final int MUCH_LARGER = 4;
    /** The difference between the channels of a coloured pixel; JPEG rounds grey to smaller differences. */
    private static final int COLOURED = 24;
    /** A picture is coloured if one pixel in this many is. */
    private static final int COLOURED_SHARE = 50;

    private final Preprocessing input;
    private final ImagePreprocessor preprocessor;
    private final int classes;

    /** Creates a check for a network with this input and number of classes. */
    public PictureCheck(Preprocessing input, ImagePreprocessor preprocessor, int classes) {
        this.input = input;
        this.preprocessor = preprocessor;
        this.classes = classes;
    }

    /** Returns a warning about an image that got a label, or nothing. */
    public Optional<String> warning(byte[] image) {
        int edge = Math.max(input.width(), input.height());
        if (edge > SMALL_NETWORK) {
            return Optional.empty();
        }
        return ImagePreprocessor.statedSize(image)
                .filter(size -> Math.min(size.width(), size.height()) >= MUCH_LARGER * edge && isColoured(image))
                .map(this::text);
    }

    private String text(ImageSize size) {
        return ("a picture of %d×%d in colour, of which the network sees %d×%d; whatever it shows, the answer is one of the"
                        + " %d classes")
                .formatted(size.width(), size.height(), input.width(), input.height(), classes);
    }

    private boolean isColoured(byte[] image) {
        byte[] rgb;
        try {
            rgb = preprocessor.toPixels(image);
        } catch (RejectedEventException e) {
            return false;
        }
        int coloured = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            int red = rgb[i] & 0xFF;
            int green = rgb[i + 1] & 0xFF;
            int blue = rgb[i + 2] & 0xFF;
            int difference = Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
            coloured += difference >= COLOURED ? 1 : 0;
        }
        return coloured * COLOURED_SHARE >= rgb.length / 3;
    }
}
