package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;

/**
 * Converts an image file (JPEG, PNG, GIF, BMP or WebP) to the input of a network.
 *
 * <p>An image is rejected if it is too large ({@link Stage#LIMITS}: {@code too_many_bytes}, {@code too_many_pixels}, {@code
 * edge_too_long}, {@code aspect_ratio_too_large}, {@code too_many_scans}; before memory for its pixels is allocated), takes too
 * long ({@code decode_too_long}; after decoding), or can't be decoded completely ({@link Stage#DECODE}: {@code empty}, {@code
 * unknown_format}, {@code unsupported}, {@code truncated}, {@code corrupt}).
 *
 * <p>EXIF orientation is applied; CMYK and 16-bit channels are converted to 8-bit RGB; of several frames the first is used;
 * transparency is dropped as by Pillow's {@code convert("RGB")}.
 *
 * <p>Threading: thread-safe; each calling thread keeps a few megabytes of native buffers. All threads together decode at most
 * 1.25 times the pixels of the largest allowed image at a time; further images wait.
 */
public final class ImagePreprocessor {
    /** A JPEG is decoded at 1/2, 1/4 or 1/8 if the result is still this many times larger than the scaled image. */
    private static final double HEADROOM = 2;

    /** The processor time of the calling thread in nanoseconds: elapsed time would reject valid images on a busy machine. */
    static final LongSupplier THREAD_TIME = ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;

    private final ImageLimits limits;
    private final Preprocessing preprocessing;
    private final LongSupplier threadNanos;

    /** A quarter more than the largest image, so that small ones need not wait for it; fair, so that large ones do not starve. */
    final Semaphore freePixels;

    public ImagePreprocessor(ImageLimits limits, Preprocessing preprocessing) {
        this(limits, preprocessing, THREAD_TIME);
    }

    /** With another clock, for tests. */
    ImagePreprocessor(ImageLimits limits, Preprocessing preprocessing, LongSupplier threadNanos) {
        this.limits = limits;
        this.preprocessing = preprocessing;
        this.threadNanos = threadNanos;
        freePixels = new Semaphore(limits.maxPixels() + limits.maxPixels() / 4, true);
    }

    /** Loads the native library now, which takes about 0.3 s, instead of with the first image. */
    public static void warmUp() {
        Leptonica.load();
    }

    /**
     * Returns the network's input for an image file: {@code height × width × 3} unsigned bytes, row by row from the top
     * left, red, green, blue; sizes as {@link Preprocessing} says.
     *
     * @throws RejectedEventException if the image is beyond the limits or can't be decoded whole
     */
    public byte[] toPixels(byte[] imageFile) throws RejectedEventException {
        long start = threadNanos.getAsLong();
        FileBytes file = new FileBytes(imageFile);
        if (file.length() > limits.maxImageBytes()) {
            String reason =
                    "the image has " + file.length() + " bytes; at most " + limits.maxImageBytes() + " are allowed";
            throw FileBytes.beyondLimits("too_many_bytes", reason);
        }
        ImageHeader header = ImageHeader.read(file);
        header.require(limits);
        int reduction = header.format() == ImageFormat.JPEG ? reduction(header) : 1;
        freePixels.acquireUninterruptibly((int) header.pixels()); // other threads release them after decoding
        try (Pixels pixels = decode(file, header, reduction)) {
            header.requireDecoded(pixels, reduction);
            requireInTime(start);
            int orientation = ExifOrientation.of(file, header.format());
            pixels.turn(orientation);
            byte[] result =
                    Resampler.resample(pixels, header.upright(orientation), reduction, orientation, preprocessing);
            requireInTime(start);
            return result;
        } finally {
            if (header.pixels() > (header.format() == ImageFormat.JPEG ? 24_000_000 : 3_000_000)) {
                Pointer.trimMemory(); // otherwise malloc keeps the memory of each thread's largest image
            }
            freePixels.release((int) header.pixels());
        }
    }

    /** Returns the size in a file's header, regardless of the limits; empty if there is none. */
    public static Optional<ImageSize> statedSize(byte[] imageFile) {
        FileBytes file = new FileBytes(imageFile);
        try {
            ImageHeader header = ImageHeader.read(file);
            return Optional.of(header.upright(ExifOrientation.of(file, header.format())));
        } catch (RejectedEventException e) {
            return Optional.empty();
        }
    }

    /** Rejects an image that has taken too long; native code can't be interrupted. */
    private void requireInTime(long start) throws RejectedEventException {
        long millis = TimeUnit.NANOSECONDS.toMillis(threadNanos.getAsLong() - start);
        if (millis > limits.maxDecodeMillis()) {
            String reason = "decoding took " + millis + " ms of a processor; at most ";
            throw FileBytes.beyondLimits("decode_too_long", reason + limits.maxDecodeMillis() + " are allowed");
        }
    }

    private Pixels decode(FileBytes file, ImageHeader header, int reduction) throws RejectedEventException {
        return switch (header.format()) {
            case JPEG -> JpegDecoder.decode(file, header, limits, reduction);
            case PNG -> PngStructure.decode(file);
            case GIF -> GifDecoder.decode(file, header);
            case BMP -> BmpDecoder.decode(file, header);
            case WEBP -> WebpStructure.decode(file, header);
        };
    }

    private int reduction(ImageHeader header) {
        double ratio = Math.min(
                header.width() / (double) preprocessing.scaledWidth(header.width(), header.height()),
                header.height() / (double) preprocessing.scaledHeight(header.width(), header.height()));
        return Math.max(1, Math.min(8, Integer.highestOneBit((int) (ratio / HEADROOM))));
    }
}
