package io.resnetstreams.compare;

/** The topics of a comparison of two outputs, A and B; those of dead letters may be missing. */
public enum OutcomeStream {
    LABELS_A,
    LABELS_B,
    DEAD_LETTERS_A,
    DEAD_LETTERS_B
}
