package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import org.apache.kafka.common.TopicPartition;

/** Receives measurements from the topology. Called by the stream threads. */
public interface TopologyMetrics {
    /** Discards everything. */
    TopologyMetrics NONE = new TopologyMetrics() {};

    /** An event was added to the in-flight window. */
    default void consumed(RawEvent event) {}

    /** An outcome was forwarded; it becomes visible with the next commit. */
    default void forwarded(RawEvent event, Outcome outcome) {}

    /** The outcomes that the calling stream thread forwarded since its last commit, if any, are now visible. */
    default void committed() {}

    /** The outcomes that the calling stream thread forwarded since its last commit never become visible. */
    default void aborted() {}

    /**
     * Events of a partition were deleted from the input topic before they were processed.
     *
     * @param events the largest possible number; 0 if the consumer's position was after the end of the topic
     */
    default void gap(TopicPartition partition, long events) {}
}
