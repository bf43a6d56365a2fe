package io.resnetstreams.metrics;

import java.util.OptionalInt;

/** Says how many instances a group should have. */
@FunctionalInterface
public interface DesiredInstances {
    /** Says nothing. */
    DesiredInstances UNKNOWN = (load, capacityPerInstance) -> OptionalInt.empty();

    /**
     * Takes the group's present load into account. Called every few seconds, by one thread.
     *
     * @param capacityPerInstance images a second that one instance can classify, above 0
     */
    OptionalInt desired(GroupLoad load, double capacityPerInstance);
}
