package io.resnetstreams.backfill;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Watches the live group, and says whether a backfill should wait: from when the delay of live events is above its target,
 * until it is below half of it.
 *
 * <p>Threading: a thread of its own looks; any thread may ask.
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
    private RepeatingTask looking;
    private Map<TopicPartition, Waiting> waiting = Map.of();
    private volatile boolean yielding;

    /**
     * Offsets that the group has not committed.
     *
     * @param isKnown whether it was looked for an event among them: markers of transactions and what was aborted have
     *     offsets too, and a group commits nothing for them
     * @param hasEvents whether there is one, or it is not known
     */
    private record Waiting(long committed, long end, boolean isKnown, boolean hasEvents) {
        boolean isSame(long otherCommitted, long otherEnd) {
            return committed == otherCommitted && end == otherEnd;
        }
    }

    private LiveWatch(
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
    }

    /**
     * Begins to watch.
     *
     * @param partitions those of the live input
     * @param target how long a live event may wait for its outcome
     * @param notices is told in a sentence when the backfill begins to wait and when it goes on
     */
    public static LiveWatch start(
            KafkaClients clients,
            String group,
            List<TopicPartition> partitions,
            Duration target,
            Consumer<String> notices) {
        LiveWatch watch = new LiveWatch(clients, group, partitions, target, notices);
        watch.looking = RepeatingTask.start("live-watch", Duration.ZERO, INTERVAL, watch::look);
        return watch;
    }

    /** Returns whether the backfill should wait. */
    public boolean isYielding() {
        return yielding;
    }

    private void look() {
        // A broker that is away answers no one, and the look fails: the backfill waits for it like live does.
        Map<TopicPartition, Long> ends = AdminOffsets.ends(admin, partitions, IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> committed = AdminOffsets.committed(admin, group);
        waiting = waiting(ends, committed);
        waiting.forEach((partition, offsets) -> {
            if (!offsets.hasEvents()) {
                committed.put(partition, offsets.end());
            }
        });
        decide(delay.saw(System.nanoTime(), ends, committed));
    }

    /** Returns what waits; where nothing has moved since the last look, it is looked for events. */
    private Map<TopicPartition, Waiting> waiting(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> committed) {
        Map<TopicPartition, Waiting> now = new HashMap<>();
        ends.forEach((partition, end) -> {
            long from = committed.getOrDefault(partition, end);
            Waiting before = waiting.get(partition);
            if (from >= end) {
                return;
            }
            if (before == null || !before.isSame(from, end)) {
                now.put(partition, new Waiting(from, end, false, true));
            } else {
                now.put(
                        partition,
                        before.isKnown() ? before : new Waiting(from, end, true, hasEvents(partition, from, end)));
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
            notices.accept("waiting for live: group " + group + " is " + late.toMillis() + " ms behind, its target is "
                    + target.toMillis() + " ms");
        } else if (yielding && late.compareTo(target.dividedBy(2)) <= 0) {
            yielding = false;
            notices.accept("going on: group " + group + " is " + late.toMillis() + " ms behind");
        }
    }

    @Override
    public void close() {
        looking.close();
        admin.close();
    }
}
