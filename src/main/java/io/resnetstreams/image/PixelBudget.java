package io.resnetstreams.image;

import java.util.concurrent.Semaphore;

/**
 * Bounds the pixels that all threads decode at once. Without it as many of the largest images as there are threads would
 * take native memory at the same time: up to 0.5 GB each by default. Any thread takes and gives back; the order is that of
 * arrival, so that a large image is not passed by for ever.
 */
final class PixelBudget {
    private final Semaphore pixels;

    PixelBudget(ImageLimits limits) {
        // A quarter more than the largest image has, so that small images need not wait for one of the largest.
        this.pixels = new Semaphore(limits.maxPixels() + limits.maxPixels() / 4, true);
    }

    /** Waits until an image of the permitted size may be decoded. */
    void take(ImageHeader header) {
        // Not interruptible: it waits for decoders alone, which end by themselves.
        pixels.acquireUninterruptibly((int) header.pixels());
    }

    void giveBack(ImageHeader header) {
        pixels.release((int) header.pixels());
    }

    int free() {
        return pixels.availablePermits();
    }
}
