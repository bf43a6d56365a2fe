package io.resnetstreams.events;

/** What became of one image event: exactly one label event or one dead letter. */
public sealed interface Outcome permits EncodedLabel, DeadLetter {
    /** The header that names the backfill an outcome came from; one of the live pipeline has none. */
    String RUN_HEADER = "resnet-streams.run";

    /** The header that names the model of that backfill and its digest, with a space between; dead letters say it nowhere else. */
    String MODEL_HEADER = "resnet-streams.model";

    /** Returns the partition of the event; its outcome is written to the partition of the same number. */
    int sourcePartition();

    /** Returns the value of the record that is written: the label's JSON, or the event's own value; it may be null. */
    byte[] recordValue();
}
