package io.resnetstreams.metrics;

import java.util.Set;

/**
 * What all instances of a group see of their common work; each reads the same from the broker.
 *
 * @param arrivalsPerSecond events a second that come to the input topic, over all partitions
 * @param backlogEvents events on the input topic that the group has not yet committed
 * @param partitions partitions of the input topic, which is also the largest number of instances that have work
 * @param instances names of the instances that are members of the group at present, each one's own for as long as it runs
 */
public record GroupLoad(double arrivalsPerSecond, long backlogEvents, int partitions, Set<String> instances) {
    public GroupLoad {
        if (!(arrivalsPerSecond >= 0) || Double.isInfinite(arrivalsPerSecond)) {
            throw new IllegalArgumentException(
                    "arrivalsPerSecond is " + arrivalsPerSecond + "; a finite number from 0 on is needed");
        }
        requireAtLeast("backlogEvents", backlogEvents, 0);
        requireAtLeast("partitions", partitions, 1);
        instances = Set.copyOf(instances);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
