package io.resnetstreams.topology;

/**
 * How much an instance may hold between consuming events and committing them, over all its partitions. It may be
 * exceeded by what one poll returns.
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
