package io.resnetstreams.topology;

/**
 * How many events an instance may hold between consuming and committing them, over all its partitions. One poll may
 * exceed the limits.
 */
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
