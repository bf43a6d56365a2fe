package io.resnetstreams.backfill;

import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Watches the live group, and decides whether a backfill should wait: when the delay of live events exceeds a target, until it is
 * below half of the target.
 *
 * <p>Threading: a separate thread watches; any thread may call {@link #isYielding}.
 */
public final class LiveWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final Admin admin;
    private final String group;
    private final List<TopicPartition> partitions;
    private final Duration target;
    private final Consumer<String> notices;
    private final LiveDelay delay = new LiveDelay();
    private final RepeatingTask task;
    private Map<TopicPartition, Waiting> waiting = Map.of();
    private volatile boolean yielding;

    /** Uncommitted offsets: whether they were searched for an event, and whether there is one or it is not known. */
    private record Waiting(long committed, long end, boolean isKnown, boolean hasEvents) {}

    /** Starts to watch the live input; a notice says when the backfill starts to wait or continues. */
    public LiveWatch(
            KafkaClients clients,
            String group,
            List<TopicPartition> partitions,
            Duration target,
            Consumer<String> notices) {
        this.clients = clients;
        this.admin = clients.admin();
        this.group = group;
        this.partitions = partitions;
        this.target = target;
        this.notices = notices;
        this.task = RepeatingTask.start("live-watch", Duration.ZERO, INTERVAL, this::check);
    }

    /** Returns whether the backfill should wait. */
    public boolean isYielding() {
        return yielding;
    }

    private void check() {
        // If the broker does not answer, this fails, and the backfill waits for the broker as the live pipeline does.
        Map<TopicPartition, Long> ends = AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> committed = AdminOffsets.committed(admin, group);
        waiting = waiting(ends, committed);
        waiting.forEach((partition, offsets) -> {
            if (!offsets.hasEvents()) {
                committed.put(partition, offsets.end());
            }
        });
        decide(delay.observe(System.nanoTime(), ends, committed));
    }

    /** Returns the uncommitted offsets; those that have not changed since the last time are searched for events. */
    private Map<TopicPartition, Waiting> waiting(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
        Map<TopicPartition, Waiting> now = new HashMap<>();
        ends.forEach((partition, end) -> {
            long from = committed.getOrDefault(partition, end);
            Waiting before = waiting.get(partition);
            if (from >= end) {
                return;
            }
            boolean isSame = before != null && before.committed == from && before.end == end;
            if (isSame && before.isKnown) {
                now.put(partition, before);
            } else {
                now.put(partition, new Waiting(from, end, isSame, !isSame || hasEvents(partition, from, end)));
            }
        });
        return now;
    }

    private boolean hasEvents(TopicPartition partition, long from, long end) {
        try (LastEvent lastEvent = new LastEvent(clients)) {
            return lastEvent.in(partition, from, end) != PartitionRange.NONE;
        }
    }

    private void decide(Duration late) {
        if (!yielding && late.compareTo(target) > 0) {
            yielding = true;
            notices.accept("waiting for live: group " + group + " is " + late.toMillis() + " ms behind, the target is "
                    + target.toMillis() + " ms");
        } else if (yielding && late.compareTo(target.dividedBy(2)) <= 0) {
            yielding = false;
            notices.accept("continuing: group " + group + " is " + late.toMillis() + " ms behind");
        }
    }

    @Override
    public void close() {
        task.close();
        admin.close();
    }

    /**
     * The age of the oldest event that a group has not committed, from periodic observations of the ends of the partitions: an observed
     * end that is not committed yet is as old as its observation. Unlike the lag in events, its meaning does not depend on the speed
     * of the group.
     */
    static final class LiveDelay {
        /** Further ends of a partition that is this far behind are ignored. */
        private static final int MAX_ENDS = 1_000;

        private record End(long nanos, long offset) {}

        private final Map<TopicPartition, ArrayDeque<End>> uncommitted = new HashMap<>();

        /** Returns the least delay at this time; a partition without a committed offset is ignored. */
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
                oldest = seen.isEmpty()
                        ? oldest
                        : Math.min(oldest, seen.getFirst().nanos());
            }
            return Duration.ofNanos(nanos - oldest);
        }
    }
}
