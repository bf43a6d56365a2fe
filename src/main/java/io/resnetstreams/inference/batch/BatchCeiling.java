package io.resnetstreams.inference.batch;

/**
 * The largest batch that a device gets at present. Out of memory halves it; then it grows again by a sixteenth of the
 * largest size after a number of full batches that fitted. That is the additive increase and multiplicative decrease of TCP's
 * congestion window (Chiu and Jain, 1989; RFC 5681). Where it grew too far, it waits for twice as many full batches before
 * it grows again, since each attempt costs a batch that has to be repeated.
 *
 * <p>Threading: shared by a device's workers.
 */
final class BatchCeiling {
    /** Full batches before the first step. */
    static final int FIRST_PATIENCE = 64;

    static final int LONGEST_PATIENCE = 64 * FIRST_PATIENCE;
    private static final int STEPS = 16;

    private final int largest;
    private final int step;
    /** Written under the lock; read without it. */
    private volatile int present;

    private int patience = FIRST_PATIENCE;
    private int fitted;
    private boolean grown;

    /**
     * Begins at the top.
     *
     * @param largest the largest batch ever, in images, at least 1
     */
    BatchCeiling(int largest) {
        this.largest = largest;
        this.step = Math.max(1, largest / STEPS);
        this.present = largest;
    }

    /** Returns the largest batch at present, in images; any thread may ask. */
    int get() {
        return present;
    }

    /** A batch of this size found no memory, at least 2 images; returns what is allowed from now on. */
    synchronized int outOfMemory(int size) {
        present = Math.min(present, size / 2);
        if (grown) {
            patience = Math.min(2 * patience, LONGEST_PATIENCE);
        }
        grown = false;
        fitted = 0;
        return present;
    }

    /** A batch of this size was classified; returns whether the ceiling has grown by that. */
    synchronized boolean fitted(int size) {
        if (size < present) {
            return false;
        }
        fitted++;
        if (fitted < patience) {
            return false;
        }
        fitted = 0;
        if (present == largest) {
            // Memory is there again, for good: the next shortage is another one.
            patience = FIRST_PATIENCE;
            grown = false;
            return false;
        }
        present = Math.min(largest, present + step);
        grown = true;
        return true;
    }
}
