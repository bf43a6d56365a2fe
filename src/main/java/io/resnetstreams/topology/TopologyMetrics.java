package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import org.apache.kafka.common.TopicPartition;

/** What the topology tells about its work. Called from the stream threads. */
public interface TopologyMetrics {
    TopologyMetrics NONE = new TopologyMetrics() {};

    /** An event was taken into the in-flight window. */
    default void consumed(RawEvent event) {}

    /** An outcome was forwarded; it becomes visible with the next commit. */
    default void forwarded(RawEvent event, Outcome outcome) {}

    /** What the calling stream thread forwarded since its last commit is now visible; it may be nothing. */
    default void committed() {}

    /** What the calling stream thread forwarded since its last commit never becomes visible. */
    default void aborted() {}

    /**
     * Events of a partition are no longer on the input topic although the group has not processed them.
     *
     * @param events how many at most; 0 where a position behind the topic's end was given up
     */
    default void gap(TopicPartition partition, long events) {}

    /** Returns metrics that tell both. */
    static TopologyMetrics both(TopologyMetrics first, TopologyMetrics second) {
        return new TopologyMetrics() {
            @Override
            public void consumed(RawEvent event) {
                first.consumed(event);
                second.consumed(event);
            }

            @Override
            public void forwarded(RawEvent event, Outcome outcome) {
                first.forwarded(event, outcome);
                second.forwarded(event, outcome);
            }

            @Override
            public void committed() {
                first.committed();
                second.committed();
            }

            @Override
            public void aborted() {
                first.aborted();
                second.aborted();
            }

            @Override
            public void gap(TopicPartition partition, long events) {
                first.gap(partition, events);
                second.gap(partition, events);
            }
        };
    }
}
