package io.resnetstreams.metrics;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How an instance and its group are doing, as of the last look; what is unknown is empty.
 *
 * @param lagEvents events of this instance's partitions that are not committed
 * @param lagSeconds the age of the oldest of them
 * @param arrivalsPerSecond events that come to the whole input topic
 * @param instances members of the group
 * @param desiredInstances how many there should be
 * @param capacityImagesPerSecond what this instance's devices can classify
 * @param secondsToDrain until the group has worked off its backlog; infinite where it does not keep up
 */
public record GroupStatus(
        OptionalLong lagEvents,
        OptionalDouble lagSeconds,
        OptionalDouble arrivalsPerSecond,
        OptionalInt instances,
        OptionalInt desiredInstances,
        OptionalDouble capacityImagesPerSecond,
        OptionalDouble secondsToDrain) {
    /** Before the first look. */
    public static final GroupStatus UNKNOWN = new GroupStatus(
            OptionalLong.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());
}
