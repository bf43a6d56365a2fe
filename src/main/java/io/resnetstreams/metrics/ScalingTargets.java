package io.resnetstreams.metrics;

/**
 * What scaling aims at.
 *
 * @param targetDrainMillis within how long a backlog should be gone, in milliseconds
 * @param targetUtilisation the share of its capacity that an instance should use, above 0 and at most 1; the rest is
 *     for arrivals that vary
 * @param minInstances the least number of instances
 * @param holdMillis how long fewer instances must have been enough before the signal falls, in milliseconds
 */
public record ScalingTargets(long targetDrainMillis, double targetUtilisation, int minInstances, long holdMillis) {
    public static final long LONGEST_MILLIS = 86_400_000;

    public ScalingTargets {
        requireRange("targetDrainMillis", targetDrainMillis, 1_000, LONGEST_MILLIS);
        if (!(targetUtilisation > 0 && targetUtilisation <= 1)) {
            throw new IllegalArgumentException(
                    "targetUtilisation is " + targetUtilisation + "; allowed is a number above 0 and at most 1");
        }
        requireRange("minInstances", minInstances, 1, 100_000);
        requireRange("holdMillis", holdMillis, 0, LONGEST_MILLIS);
    }

    private static void requireRange(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + "; allowed are " + least + " to " + most);
        }
    }
}
