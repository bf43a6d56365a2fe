package io.resnetstreams.image;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.RejectedEventException;

/** A complete decoded image, neither scaled nor cropped: {@code height × width × 3} unsigned bytes. */
public record DecodedImage(int width, int height, byte[] rgb) {
    public static DecodedImage of(byte[] file) throws RejectedEventException {
        return of(file, DefaultLimits.image());
    }

    public static DecodedImage of(byte[] file, ImageLimits limits) throws RejectedEventException {
        ImageSize size = ImagePreprocessor.statedSize(file).orElse(new ImageSize(1, 1));
        Preprocessing none = new Preprocessing(0, size.width(), size.height());
        return new DecodedImage(size.width(), size.height(), new ImagePreprocessor(limits, none).toPixels(file));
    }
}
