package io.resnetstreams.metrics;

import static io.resnetstreams.common.Ranges.require;

import java.util.Set;

/**
 * The load of a group. All instances read the same from the broker.
 *
 * @param arrivalsPerSecond events per second that arrive on the input topic, over all partitions
 * @param backlogEvents events on the input topic that the group has not yet committed
 * @param partitions partitions of the input topic, which is also the maximum number of instances with work
 * @param instances names of the group's members; an instance keeps its name until it ends
 */
record GroupLoad(double arrivalsPerSecond, long backlogEvents, int partitions, Set<String> instances) {
    GroupLoad {
        if (!(arrivalsPerSecond >= 0) || Double.isInfinite(arrivalsPerSecond)) {
            throw new IllegalArgumentException(
                    "arrivalsPerSecond is " + arrivalsPerSecond + "; a finite number of at least 0 is needed");
        }
        require("backlogEvents", backlogEvents, 0, Long.MAX_VALUE);
        require("partitions", partitions, 1, Integer.MAX_VALUE);
        instances = Set.copyOf(instances);
    }

    /** Returns the time to clear the backlog; infinite if the instances do not keep up with the arrivals. */
    double secondsToDrain(double capacityPerInstance) {
        if (backlogEvents == 0) {
            return 0;
        }
        double surplus = instances.size() * capacityPerInstance - arrivalsPerSecond;
        return surplus > 0 ? backlogEvents / surplus : Double.POSITIVE_INFINITY;
    }
}
