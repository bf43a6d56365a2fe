package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;

/**
 * From the bytes of an image file (JPEG, PNG, GIF, BMP or WebP) to the pixels a network sees.
 *
 * <p>An image is rejected rather than guessed at: one that is too large ({@link Stage#LIMITS}: {@code too_many_bytes},
 * {@code too_many_pixels}, {@code edge_too_long}; found before memory for its pixels is taken) or that can't be decoded
 * whole ({@link Stage#DECODE}: {@code empty}, {@code unknown_format}, {@code truncated}, {@code corrupt}).
 *
 * <p>EXIF orientation is applied; CMYK and 16 bits a channel become RGB of 8 bits; of several frames the first is taken;
 * transparency is dropped as by Pillow's {@code convert("RGB")}.
 *
 * <p>Threading: any number of threads may call one instance; each keeps a few megabytes of native buffers of its own.
 */
public final class ImagePreprocessor {
    /**
     * A JPEG is decoded at 1/2, 1/4 or 1/8 as long as it stays this many times larger than what it's scaled to, so that
     * the filter, not the scaled decoding, decides how it looks.
     */
    private static final double HEADROOM = 2;

    private final ImageLimits limits;
    private final Preprocessing preprocessing;

    public ImagePreprocessor(ImageLimits limits, Preprocessing preprocessing) {
        this.limits = limits;
        this.preprocessing = preprocessing;
    }

    /** Loads the native library (0.5 to 1.5 s), which otherwise the first image does. */
    public static void warmUp() {
        NativeDecoder.ofThisThread();
    }

    /**
     * Returns the network's input for an image file: {@code height × width × 3} unsigned bytes, row by row from the top
     * left, red, green, blue; sizes as {@link Preprocessing} says.
     *
     * @throws RejectedEventException if the image is beyond the limits or can't be decoded whole
     */
    public byte[] toPixels(byte[] imageFile) throws RejectedEventException {
        ImageHeader header = check(imageFile);
        int reduction = header.format() == ImageFormat.JPEG ? reduction(header) : 1;
        NativeDecoder decoder = NativeDecoder.ofThisThread();
        try {
            decode(decoder, imageFile, header, reduction);
            if (reduction == 1 && preprocessing.leavesUnchanged(decoder.width(), decoder.height())) {
                return decoder.toArray();
            }
            int width = decoder.sideways() ? header.height() : header.width();
            int height = decoder.sideways() ? header.width() : header.height();
            return Resampler.resample(decoder, width, height, reduction, preprocessing);
        } finally {
            decoder.trim();
        }
    }

    /**
     * Returns the whole image, neither scaled nor cropped.
     *
     * @throws RejectedEventException if the image is beyond the limits or can't be decoded whole
     */
    public DecodedImage decode(byte[] imageFile) throws RejectedEventException {
        ImageHeader header = check(imageFile);
        NativeDecoder decoder = NativeDecoder.ofThisThread();
        try {
            decode(decoder, imageFile, header, 1);
            return new DecodedImage(decoder.width(), decoder.height(), decoder.toArray());
        } finally {
            decoder.trim();
        }
    }

    private ImageHeader check(byte[] imageFile) throws RejectedEventException {
        if (imageFile.length > limits.maxBytes()) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "too_many_bytes",
                    "the image has " + imageFile.length + " bytes; at most " + limits.maxBytes() + " are allowed");
        }
        FileBytes file = new FileBytes(imageFile);
        ImageHeader header = ImageHeader.read(file);
        header.require(limits);
        Completeness.require(file, header);
        return header;
    }

    private static void decode(NativeDecoder decoder, byte[] imageFile, ImageHeader header, int reduction)
            throws RejectedEventException {
        FileBytes file = new FileBytes(imageFile);
        byte[] needed = header.format() == ImageFormat.PNG ? PngStructure.stillImage(file) : imageFile;
        decoder.decode(needed, header, reduction);
        decoder.turn(ExifOrientation.of(file, header.format()));
        if (header.format() == ImageFormat.JPEG && JpegWarnings.needCheck(decoder)) {
            JpegWarnings.requireNone(imageFile);
        }
    }

    private int reduction(ImageHeader header) {
        double ratio = Math.min(
                header.width() / (double) preprocessing.scaledWidth(header.width(), header.height()),
                header.height() / (double) preprocessing.scaledHeight(header.width(), header.height()));
        int reduction = 1;
        while (reduction < 8 && ratio / (2 * reduction) >= HEADROOM) {
            reduction *= 2;
        }
        return reduction;
    }
}
