package io.resnetstreams.events;

/** What became of one image event: exactly one label event or one dead letter. */
public sealed interface Outcome permits LabelEvent, DeadLetter {
    /** Returns the partition of the event; its outcome is written to the partition of the same number. */
    int sourcePartition();
}
