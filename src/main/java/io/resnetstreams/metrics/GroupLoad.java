package io.resnetstreams.metrics;

import io.resnetstreams.common.Ranges;
import java.util.Set;

/**
 * The load of a group. All instances read the same from the broker.
 *
 * @param arrivalsPerSecond events per second that arrive on the input topic, over all partitions
 * @param backlogEvents events on the input topic that the group has not yet committed
 * @param partitions partitions of the input topic, which is also the maximum number of instances with work
 * @param instances names of the group's members; an instance keeps its name until it ends
 */
public record GroupLoad(double arrivalsPerSecond, long backlogEvents, int partitions, Set<String> instances) {
    public GroupLoad {
        if (!(arrivalsPerSecond >= 0) || Double.isInfinite(arrivalsPerSecond)) {
            throw new IllegalArgumentException(
                    "arrivalsPerSecond is " + arrivalsPerSecond + "; a finite number of at least 0 is needed");
        }
        Ranges.requireAtLeast("backlogEvents", backlogEvents, 0);
        Ranges.requireAtLeast("partitions", partitions, 1);
        instances = Set.copyOf(instances);
    }
}
