package io.resnetstreams.image;

import java.util.concurrent.Semaphore;

/**
 * Bounds the pixels that all threads decode at once. Without it as many of the largest images as there are threads would
 * take native memory at the same time: 150 MB each by default.
 *
 * <p>Threading: any thread takes and gives back. The order is that of arrival, so that a large image is not passed by for
 * ever.
 */
final class PixelBudget {
    /** Two, so that small images need not wait for one of the largest. */
    private static final int LARGEST_IMAGES = 2;

    private final Semaphore pixels;

    PixelBudget(ImageLimits limits) {
        this.pixels = new Semaphore(LARGEST_IMAGES * limits.maxPixels(), true);
    }

    /** Waits until an image of the permitted size may be decoded. */
    void take(ImageHeader header) {
        // Not interruptible: it waits for decoders alone, which end by themselves.
        pixels.acquireUninterruptibly((int) header.pixels());
    }

    void giveBack(ImageHeader header) {
        pixels.release((int) header.pixels());
    }

    /** Returns how many pixels may still be taken. */
    int free() {
        return pixels.availablePermits();
    }
}
