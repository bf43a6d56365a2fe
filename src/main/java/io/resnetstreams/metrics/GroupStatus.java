package io.resnetstreams.metrics;

import static java.lang.Double.NaN;

/**
 * The status of an instance and its group at the last poll; unknown values are NaN.
 *
 * @param lagEvents uncommitted events of the instance's partitions
 * @param lagSeconds age of the oldest of them
 * @param arrivalsPerSecond events that arrive on the whole input topic
 * @param instances number of members of the group
 * @param desiredInstances number of members that the group should have
 * @param capacityImagesPerSecond capacity of the instance's devices
 * @param secondsToDrain time until the group has cleared its backlog; infinite if the group does not keep up
 */
public record GroupStatus(
        double lagEvents,
        double lagSeconds,
        double arrivalsPerSecond,
        double instances,
        double desiredInstances,
        double capacityImagesPerSecond,
        double secondsToDrain) {
    /** The status before the first poll. */
    public static final GroupStatus UNKNOWN = new GroupStatus(NaN, NaN, NaN, NaN, NaN, NaN, NaN);
}
