package io.resnetstreams.faults;

/** How a {@link FakeClassifier} behaves. */
enum Behaviour {
    SOUND,
    /** Throws if the batch contains a guilty image. */
    THROWS,
    /** Returns one row too few if the batch contains a guilty image. */
    WRONG_COUNT,
    /** Returns NaN for a guilty image. */
    NOT_FINITE,
    /** Runs out of memory if the batch has more than a few images. */
    OUT_OF_MEMORY,
    /** Terminates the process after a number of batches, as a crash in native code does. */
    HALTS,
    /** Hangs after a number of batches; so does a fresh classifier. */
    HANGS,
    /** A defect, not a fault: returns before the rows are computed, so they are those of the previous batch. */
    EARLY;

    /** Returns whether a guilty image becomes a dead letter. */
    boolean rejectsGuilty() {
        return this == THROWS || this == WRONG_COUNT || this == NOT_FINITE;
    }
}
