package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * From the bytes of an image file (JPEG, PNG, GIF, BMP or WebP) to the pixels a network sees.
 *
 * <p>An image is rejected rather than guessed at: one that is too large ({@link Stage#LIMITS}: {@code too_many_bytes},
 * {@code too_many_pixels}, {@code edge_too_long}, {@code aspect_ratio_too_large}, {@code too_many_scans}; found before
 * memory for its pixels is taken), that took too long ({@code decode_too_long}; found afterwards) or that can't be decoded
 * whole ({@link Stage#DECODE}: {@code empty}, {@code unknown_format}, {@code truncated}, {@code corrupt}).
 *
 * <p>EXIF orientation is applied; CMYK and 16 bits a channel become RGB of 8 bits; of several frames the first is taken;
 * transparency is dropped as by Pillow's {@code convert("RGB")}.
 *
 * <p>Threading: any number of threads may call one instance; each keeps a few megabytes of native buffers of its own. All
 * together they decode no more pixels at once than two images of the largest size have; further images wait.
 */
public final class ImagePreprocessor {
    /**
     * A JPEG is decoded at 1/2, 1/4 or 1/8 as long as it stays this many times larger than what it's scaled to, so that
     * the filter, not the scaled decoding, decides how it looks.
     */
    private static final double HEADROOM = 2;

    private final ImageLimits limits;
    private final Preprocessing preprocessing;
    private final LongSupplier threadNanos;
    private final PixelBudget budget;

    public ImagePreprocessor(ImageLimits limits, Preprocessing preprocessing) {
        this(limits, preprocessing, DecodeTimer.THREAD_TIME);
    }

    /**
     * Takes the time from elsewhere, for tests.
     *
     * @param threadNanos the time that the calling thread has spent, in nanoseconds
     */
    ImagePreprocessor(ImageLimits limits, Preprocessing preprocessing, LongSupplier threadNanos) {
        this.limits = limits;
        this.preprocessing = preprocessing;
        this.threadNanos = threadNanos;
        this.budget = new PixelBudget(limits);
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
        DecodeTimer timer = new DecodeTimer(threadNanos, limits.maxDecodeMillis());
        ImageHeader header = permittedHeader(imageFile);
        int reduction = header.format() == ImageFormat.JPEG ? reduction(header) : 1;
        return withDecoder(header, decoder -> {
            decode(decoder, imageFile, header, reduction, timer);
            byte[] pixels = toPixels(decoder, header, reduction);
            timer.requireInTime();
            return pixels;
        });
    }

    private byte[] toPixels(NativeDecoder decoder, ImageHeader header, int reduction) {
        if (reduction == 1 && preprocessing.leavesUnchanged(decoder.width(), decoder.height())) {
            return decoder.toArray();
        }
        int width = decoder.sideways() ? header.height() : header.width();
        int height = decoder.sideways() ? header.width() : header.height();
        return Resampler.resample(decoder, width, height, reduction, preprocessing);
    }

    /**
     * Returns the whole image, neither scaled nor cropped.
     *
     * @throws RejectedEventException if the image is beyond the limits or can't be decoded whole
     */
    public DecodedImage decode(byte[] imageFile) throws RejectedEventException {
        DecodeTimer timer = new DecodeTimer(threadNanos, limits.maxDecodeMillis());
        ImageHeader header = permittedHeader(imageFile);
        return withDecoder(header, decoder -> {
            decode(decoder, imageFile, header, 1, timer);
            return new DecodedImage(decoder.width(), decoder.height(), decoder.toArray());
        });
    }

    /**
     * Returns the size that a file states, whatever the limits; empty where it states none. Of a file that has lost a part,
     * the orientation is not known: it is taken as upright.
     */
    public static Optional<ImageSize> statedSize(byte[] imageFile) {
        FileBytes file = new FileBytes(imageFile);
        try {
            ImageHeader header = ImageHeader.read(file);
            boolean sideways = ExifOrientation.isSideways(orientationIfComplete(file, header));
            return Optional.of(
                    sideways
                            ? new ImageSize(header.height(), header.width())
                            : new ImageSize(header.width(), header.height()));
        } catch (RejectedEventException e) {
            return Optional.empty();
        }
    }

    private static int orientationIfComplete(FileBytes file, ImageHeader header) {
        try {
            header.require(ImageLimits.defaults()); // so that it costs no more than any image
            Completeness.require(file, header, ImageLimits.defaults());
            return ExifOrientation.of(file, header.format());
        } catch (RejectedEventException e) {
            return ExifOrientation.UPRIGHT;
        }
    }

    /** What is done with a decoder. */
    private interface DecoderUse<T> {
        T with(NativeDecoder decoder) throws RejectedEventException;
    }

    private <T> T withDecoder(ImageHeader header, DecoderUse<T> use) throws RejectedEventException {
        budget.take(header);
        NativeDecoder decoder = NativeDecoder.ofThisThread();
        try {
            return use.with(decoder);
        } finally {
            decoder.trim();
            budget.giveBack(header);
        }
    }

    private ImageHeader permittedHeader(byte[] imageFile) throws RejectedEventException {
        if (imageFile.length > limits.maxBytes()) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "too_many_bytes",
                    "the image has " + imageFile.length + " bytes; at most " + limits.maxBytes() + " are allowed");
        }
        ImageHeader header = ImageHeader.read(new FileBytes(imageFile));
        header.require(limits);
        return header;
    }

    private void decode(NativeDecoder decoder, byte[] imageFile, ImageHeader header, int reduction, DecodeTimer timer)
            throws RejectedEventException {
        FileBytes file = new FileBytes(imageFile);
        Completeness.require(file, header, limits);
        byte[] needed = header.format() == ImageFormat.PNG ? PngStructure.stillImage(file) : imageFile;
        decoder.decode(needed, header, reduction);
        timer.requireInTime();
        decoder.turn(ExifOrientation.of(file, header.format()));
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
