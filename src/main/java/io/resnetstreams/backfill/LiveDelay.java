package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The age of the oldest event that a group has not committed, from periodic observations of the ends of the partitions: an observed
 * end that is not committed yet is as old as its observation. Unlike the lag in events, its meaning does not depend on the speed
 * of the group.
 *
 * <p>Threading: none; time is an argument.
 */
final class LiveDelay {
    /** Further ends of a partition that is this far behind are ignored. */
    private static final int MAX_ENDS = 1_000;

    private record End(long nanos, long offset) {}

    private final Map<TopicPartition, ArrayDeque<End>> uncommitted = new HashMap<>();

    /**
     * Adds an observation.
     *
     * @param ends the ends of the partitions
     * @param committed the group's offsets; a partition without one is ignored
     * @return the minimum of the delay, since events may have arrived before the observation of their end
     */
    Duration observe(long nanos, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
        long oldest = nanos;
        for (Map.Entry<TopicPartition, Long> partition : ends.entrySet()) {
            Long offset = committed.get(partition.getKey());
            ArrayDeque<End> seen = uncommitted.computeIfAbsent(partition.getKey(), key -> new ArrayDeque<>());
            if (offset == null) {
                seen.clear();
                continue;
            }
            boolean isNew =
                    seen.isEmpty() || partition.getValue() > seen.getLast().offset();
            if (isNew && seen.size() < MAX_ENDS) {
                seen.addLast(new End(nanos, partition.getValue()));
            }
            while (!seen.isEmpty() && seen.getFirst().offset() <= offset) {
                seen.removeFirst();
            }
            oldest = seen.isEmpty() ? oldest : Math.min(oldest, seen.getFirst().nanos());
        }
        return Duration.ofNanos(nanos - oldest);
    }
}
