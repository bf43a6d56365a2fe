package io.resnetstreams.faults;

/** How a {@link FakeClassifier} behaves. */
enum Behaviour {
    SOUND,
    /** It throws where a guilty image is in the batch. */
    THROWS,
    /** It returns a row too few where a guilty image is in the batch. */
    WRONG_COUNT,
    /** It returns NaN for a guilty image. */
    NOT_FINITE,
    /** It is out of memory with more than a few images. */
    OUT_OF_MEMORY,
    /** It ends the process, as native code that crashes does, after a number of batches. */
    HALTS,
    /** After a number of batches it never comes back from one, nor does a fresh one. */
    HANGS,
    /** A defect, not a fault: it returns its rows before they are computed, so they are the last batch's. */
    EARLY;

    /** Returns whether a guilty image becomes a dead letter. */
    boolean rejectsGuilty() {
        return this == THROWS || this == WRONG_COUNT || this == NOT_FINITE;
    }
}
