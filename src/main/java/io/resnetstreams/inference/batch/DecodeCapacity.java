package io.resnetstreams.inference.batch;

import java.util.function.IntSupplier;

/**
 * Limits the number of images between their decoding and their outcome. The limit is read again for each image, since
 * it decreases after a device runs out of memory or fails. Thread-safe.
 */
public final class DecodeCapacity {
    private final IntSupplier limit;
    private int acquired;

    /** @param limit returns the current limit, in images; at least one image is always allowed */
    public DecodeCapacity(IntSupplier limit) {
        this.limit = limit;
    }

    /** Waits until another image is allowed. */
    public synchronized void acquire() throws InterruptedException {
        while (acquired >= Math.max(1, limit.getAsInt())) {
            wait();
        }
        acquired++;
    }

    /** Notes that an image has its outcome. */
    public synchronized void release() {
        acquired--;
        // All waiting threads, since the limit may have grown.
        notifyAll();
    }
}
