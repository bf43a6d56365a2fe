package io.resnetstreams.metrics;

import java.util.Map;
import java.util.Set;

/**
 * The offsets of a consumer group on one topic, at one moment.
 *
 * @param ends the offset after the last readable record, by partition
 * @param committed the offset of the first record that the group has not committed, by partition
 * @param instances names of the processes of the members
 */
record GroupOffsets(Map<Integer, Long> ends, Map<Integer, Long> committed, Set<String> instances) {
    GroupOffsets {
        ends = Map.copyOf(ends);
        committed = Map.copyOf(committed);
        instances = Set.copyOf(instances);
    }

    /** Returns the number of offsets between the committed offset and the end. */
    long uncommitted(int partition) {
        return Math.max(0, ends.get(partition) - committed.get(partition));
    }
}
