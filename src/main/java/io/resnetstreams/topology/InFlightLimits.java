package io.resnetstreams.topology;

import io.resnetstreams.common.Ranges;

/** How many events an instance may hold until they are committed, over all partitions; one poll may exceed it. */
public record InFlightLimits(int maxEvents, long maxBytes) {
    public InFlightLimits {
        Ranges.requireAtLeast("maxEvents", maxEvents, 1);
        Ranges.requireAtLeast("maxBytes", maxBytes, 1);
    }
}
