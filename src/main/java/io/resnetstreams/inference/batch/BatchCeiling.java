package io.resnetstreams.inference.batch;

/**
 * The current maximum batch size of a device. Running out of memory halves it; after a number of full batches that
 * fitted, it grows by a sixteenth of the configured maximum, as TCP's congestion window does (Chiu and Jain, 1989; RFC
 * 5681). If it grew too far, it waits for twice as many full batches, since each failed attempt costs a batch that must
 * be repeated. Shared by a device's workers.
 */
final class BatchCeiling {
    /** The number of full batches before the first increase. */
    static final int FIRST_WAIT = 64;

    static final int LONGEST_WAIT = 64 * FIRST_WAIT;
    private static final int STEPS = 16;

    private final int largest;
    private final int step;
    /** Written under the lock; read without it. */
    private volatile int current;

    private int batchesToWait = FIRST_WAIT;
    private int fitted;
    private boolean grown;

    BatchCeiling(int largest) {
        this.largest = largest;
        this.step = Math.max(1, largest / STEPS);
        this.current = largest;
    }

    int get() {
        return current;
    }

    /** Notes that a batch of this size, at least 2 images, did not fit into memory; returns the new maximum. */
    synchronized int outOfMemory(int size) {
        current = Math.min(current, size / 2);
        if (grown) {
            batchesToWait = Math.min(2 * batchesToWait, LONGEST_WAIT);
        }
        grown = false;
        fitted = 0;
        return current;
    }

    /** Notes that a batch of this size was classified; returns whether the maximum has grown. */
    synchronized boolean fitted(int size) {
        if (size < current) {
            return false;
        }
        if (++fitted < batchesToWait) {
            return false;
        }
        fitted = 0;
        if (current == largest) {
            // The largest batches fit again, so the next shortage is a new one.
            batchesToWait = FIRST_WAIT;
            grown = false;
            return false;
        }
        current = Math.min(largest, current + step);
        grown = true;
        return true;
    }
}
