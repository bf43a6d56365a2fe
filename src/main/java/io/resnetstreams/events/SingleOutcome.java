package io.resnetstreams.events;

import java.util.List;

/** A label event or a dead letter, which is written as one record. */
public sealed interface SingleOutcome extends Outcome permits EncodedLabel, DeadLetter {
    /** The header with the backfill of an outcome; outcomes of the live pipeline do not have it. */
    String RUN_HEADER = "resnet-streams.run";

    /** The header with the name and digest of that backfill's model, separated by a space; dead letters have no other field for it. */
    String MODEL_HEADER = "resnet-streams.model";

    @Override
    default List<SingleOutcome> each() {
        return List.of(this);
    }

    /** Returns the value of the record that is written: the label, or the event's own value; it may be null. */
    byte[] recordValue();
}
