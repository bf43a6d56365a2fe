package io.resnetstreams.compare;

/** The topics of a comparison of two outputs, A and B. */
public enum OutcomeStream {
    LABELS_A,
    LABELS_B,
    DEAD_LETTERS_A,
    DEAD_LETTERS_B
}
