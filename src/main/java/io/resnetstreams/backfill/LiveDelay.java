package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How long the oldest event that a group has not committed has been on its topic. It follows from looking at the ends of the
 * partitions now and then: an end that was seen, and is not yet committed, is as old as the look at it. Unlike the lag in
 * events it means the same for a group of any speed.
 *
 * <p>Threading: none; time is an argument.
 */
final class LiveDelay {
    /** Later ends of a partition that is so far behind are of no interest yet. */
    private static final int MOST_ENDS = 1_000;

    private record End(long nanos, long offset) {}

    private final Map<TopicPartition, ArrayDeque<End>> uncommitted = new HashMap<>();

    /**
     * Takes in what was seen at this time.
     *
     * @param ends the ends of the partitions
     * @param committed the group's offsets; a partition without one is not looked at
     * @return the delay, as short as it may be: events may have come since the look before
     */
    Duration saw(long nanos, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
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
            if (isNew && seen.size() < MOST_ENDS) {
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
