package io.resnetstreams.metrics;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The status of an instance and its group at the last poll; unknown values are empty.
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
        OptionalLong lagEvents,
        OptionalDouble lagSeconds,
        OptionalDouble arrivalsPerSecond,
        OptionalInt instances,
        OptionalInt desiredInstances,
        OptionalDouble capacityImagesPerSecond,
        OptionalDouble secondsToDrain) {
    /** The status before the first poll. */
    public static final GroupStatus UNKNOWN = new GroupStatus(
            OptionalLong.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());
}
