package io.resnetstreams.topology;

/** How many events an instance may hold until they are committed, over all partitions; one poll may exceed it. */
public record InFlightLimits(int maxEvents, long maxBytes) {
    public InFlightLimits {
        if (maxEvents < 1) {
            throw new IllegalArgumentException("maxEvents is " + maxEvents + "; it must be at least 1");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + "; it must be at least 1");
        }
    }
}
