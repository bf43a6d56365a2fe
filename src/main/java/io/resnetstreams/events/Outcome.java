package io.resnetstreams.events;

import java.util.List;

/** The outcome of an event: that of its image, or those of its images. */
public sealed interface Outcome permits SingleOutcome, OutcomeList {
    /** Returns the outcomes that are written, in their order. */
    List<SingleOutcome> each();

    /** Returns the partition of the event; its outcomes are written to the partition with the same number. */
    int sourcePartition();
}
