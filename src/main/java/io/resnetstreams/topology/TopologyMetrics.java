package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;

/** What the topology tells about its work. Called from the stream threads. */
public interface TopologyMetrics {
    TopologyMetrics NONE = new TopologyMetrics() {};

    /** An event was taken into the in-flight window. */
    default void consumed(RawEvent event) {}

    /** An outcome was forwarded; it becomes visible with the next commit. */
    default void forwarded(RawEvent event, Outcome outcome) {}
}
