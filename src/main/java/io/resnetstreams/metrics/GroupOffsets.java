package io.resnetstreams.metrics;

import java.util.Map;
import java.util.Set;

/**
 * How far a consumer group is on one topic, at one moment.
 *
 * @param ends the offset behind the last record that may be read, by partition
 * @param committed the offset of the first record that the group has not committed, by partition
 * @param instances names of the members' processes
 */
record GroupOffsets(Map<Integer, Long> ends, Map<Integer, Long> committed, Set<String> instances) {
    GroupOffsets {
        ends = Map.copyOf(ends);
        committed = Map.copyOf(committed);
        instances = Set.copyOf(instances);
    }

    /** Returns how many offsets lie between what is committed and the end. */
    long uncommitted(int partition) {
        return Math.max(0, ends.get(partition) - committed.get(partition));
    }
}
