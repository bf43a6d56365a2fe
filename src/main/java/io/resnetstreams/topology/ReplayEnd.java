package io.resnetstreams.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Stops a consumer at the end of a {@link Replay}: records after the end are dropped from the result of a poll, no
 * offset after the end is committed, and a partition that has reached its end is paused. Used by the stream thread
 * only.
 */
final class ReplayEnd {
    private final Consumer<byte[], byte[]> consumer;
    private final Replay replay;
    private final Set<TopicPartition> reached = new HashSet<>();

    ReplayEnd(Consumer<byte[], byte[]> consumer, Replay replay) {
        this.consumer = consumer;
        this.replay = replay;
    }

    boolean isReached(TopicPartition partition) {
        return replay.end(partition) == 0 || reached.contains(partition);
    }

    /** Checks the positions again: a partition that was revoked and assigned again resumes at its committed offset. */
    void beforePoll() {
        reached.removeIf(partition -> !isAtEnd(partition));
    }

    private boolean isAtEnd(TopicPartition partition) {
        try {
            return consumer.assignment().contains(partition)
                    && consumer.position(partition, Duration.ZERO) >= replay.end(partition);
        } catch (TimeoutException e) {
            // The partition was just assigned, so its position is not known yet.
            return false;
        }
    }

    ConsumerRecords<byte[], byte[]> limit(Supplier<ConsumerRecords<byte[], byte[]>> poll) {
        if (replay == Replay.NONE) {
            return poll.get();
        }
        try {
            return limit(poll.get());
        } catch (NoOffsetForPartitionException e) {
            if (!e.partitions().stream().allMatch(partition -> replay.end(partition) == 0)) {
                throw e;
            }
            // Partitions added after the replay was planned have no committed offset. They are paused before the next
            // poll, so they are never fetched.
            e.partitions().forEach(partition -> consumer.seek(partition, 0));
            return ConsumerRecords.empty();
        }
    }

    private ConsumerRecords<byte[], byte[]> limit(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(polled.nextOffsets());
        next.replaceAll(this::limit);
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.records(partition));
            records.removeIf(record -> record.offset() >= replay.end(partition));
            if (!records.isEmpty()) {
                kept.put(partition, records);
            }
        }
        return new ConsumerRecords<>(kept, next);
    }

    private OffsetAndMetadata limit(TopicPartition partition, OffsetAndMetadata next) {
        long end = replay.end(partition);
        if (next.offset() < end) {
            return next;
        }
        reached.add(partition);
        return new OffsetAndMetadata(end, next.leaderEpoch(), next.metadata());
    }
}
