package io.resnetstreams.metrics;

import static io.resnetstreams.common.Ranges.require;

/**
 * Targets of the autoscaling signal.
 *
 * @param targetDrainMillis the time within which a backlog should be cleared, in milliseconds
 * @param targetUtilisation the share of its capacity that an instance should use, above 0 and at most 1; the rest absorbs
 *     varying arrivals
 * @param minInstances the minimum number of instances
 * @param holdMillis the time for which fewer instances must have been sufficient before the signal falls, in
 *     milliseconds
 */
public record ScalingTargets(long targetDrainMillis, double targetUtilisation, int minInstances, long holdMillis) {
    private static final long LONGEST_MILLIS = 86_400_000;

    public ScalingTargets {
        require("targetDrainMillis", targetDrainMillis, 1_000, LONGEST_MILLIS);
        if (!(targetUtilisation > 0 && targetUtilisation <= 1)) {
            throw new IllegalArgumentException(
                    "targetUtilisation is " + targetUtilisation + "; allowed is a number above 0 and at most 1");
        }
        require("minInstances", minInstances, 1, 100_000);
        require("holdMillis", holdMillis, 0, LONGEST_MILLIS);
    }
}
