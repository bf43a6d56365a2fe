package io.resnetstreams.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Lowers the offsets that Kafka Streams commits to the oldest event still in flight. Kafka Streams considers an event
 * processed when {@code process} returns, but its outcome is only complete when its batch is.
 *
 * <p>Threading: each stream thread uses it for its own partitions; any thread may ask for the oldest events.
 */
final class CommitFrontier {
    private final InFlightBudget budget;
    private final Map<TopicPartition, InFlightWindow> windows = new ConcurrentHashMap<>();

    CommitFrontier(InFlightBudget budget) {
        this.budget = budget;
    }

    InFlightBudget budget() {
        return budget;
    }

    /** Opens a partition's window for a new task, and drops any earlier one: others may have committed since. */
    InFlightWindow open(TopicPartition partition) {
        return windows.compute(partition, (same, earlier) -> new InFlightWindow(budget));
    }

    /**
     * Opens the window of a partition for a task that was suspended. Until its next event the window keeps the frontier of
     * the earlier one, since the task still commits the offsets that it had consumed before.
     */
    InFlightWindow reopen(TopicPartition partition) {
        return windows.compute(
                partition, (same, earlier) -> earlier == null ? new InFlightWindow(budget) : earlier.reopened());
    }

    /** Returns whether events of a partition are in flight; only for the stream thread that owns it. */
    boolean isAnyInFlight(TopicPartition partition) {
        InFlightWindow window = windows.get(partition);
        return window != null && !window.isEmpty();
    }

    /**
     * Returns whether a partition should not consume for now: the budget is exhausted, or the partition waits for its oldest event
     * while others need the rest. Only for the stream thread that owns it.
     */
    boolean isFull(TopicPartition partition) {
        InFlightWindow window = windows.get(partition);
        if (window != null && window.waitsForItsHead()) {
            return windows.size() > 1 || budget.isExhausted();
        }
        int events = 0;
        long bytes = 0;
        for (InFlightWindow other : windows.values()) {
            events += other.waiting().events();
            bytes += other.waiting().bytes();
        }
        return budget.isExhausted(events, bytes);
    }

    /** Returns the timestamp of the oldest event in flight, in milliseconds since the epoch, by partition. */
    Map<TopicPartition, Long> oldestInFlight() {
        Map<TopicPartition, Long> oldest = new HashMap<>();
        windows.forEach((partition, window) -> {
            long timestamp = window.oldestTimestamp();
            if (timestamp != InFlightWindow.EMPTY) {
                oldest.put(partition, timestamp);
            }
        });
        return oldest;
    }

    /** Returns the offsets that may be committed, given those that Kafka Streams has consumed. */
    Map<TopicPartition, OffsetAndMetadata> lower(Map<TopicPartition, OffsetAndMetadata> consumed) {
        Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>(consumed);
        committable.replaceAll(this::lower);
        return committable;
    }

    /** Returns whether the tasks of these partitions have committed these offsets already. */
    boolean isCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        return offsets.entrySet().stream().allMatch(entry -> {
            InFlightWindow window = windows.get(entry.getKey());
            return window != null && window.committed() == entry.getValue().offset();
        });
    }

    /** Notes that the tasks of these partitions have committed these offsets. */
    void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            InFlightWindow window = windows.get(partition);
            if (window != null) {
                window.committed(offset.offset());
            }
        });
    }

    private OffsetAndMetadata lower(TopicPartition partition, OffsetAndMetadata consumed) {
        InFlightWindow window = windows.get(partition);
        long offset = window == null ? consumed.offset() : window.committable(consumed.offset());
        return offset == consumed.offset()
                ? consumed
                // The leader epoch belongs to the later record.
                : new OffsetAndMetadata(offset, Optional.empty(), consumed.metadata());
    }
}
