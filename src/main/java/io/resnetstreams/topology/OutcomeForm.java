package io.resnetstreams.topology;

/** In which form an outcome is written, from the usual one to the one that every topic takes. */
enum OutcomeForm {
    /** The label, or the dead letter with its event's content and timestamp. */
    WHOLE,
    /** A dead letter with its event's content. */
    DEAD_LETTER,
    /** A dead letter without its event's content. */
    WITHOUT_CONTENT
}
