package io.resnetstreams.events;

/** The outcome of an image event: a label event or a dead letter. */
public sealed interface Outcome permits EncodedLabel, DeadLetter {
    /** The header with the backfill of an outcome; outcomes of the live pipeline do not have it. */
    String RUN_HEADER = "resnet-streams.run";

    /** The header with the name and digest of that backfill's model, separated by a space; dead letters have no other field for it. */
    String MODEL_HEADER = "resnet-streams.model";

    /** Returns the partition of the event; its outcome is written to the partition with the same number. */
    int sourcePartition();

    /** Returns the value of the record that is written: the label's JSON, or the event's own value; it may be null. */
    byte[] recordValue();
}
