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
 * Holds a consumer to the end of a {@link Replay}: records behind it are dropped from what a poll returned, offsets to be
 * committed never pass it, and a partition that has reached it is to be paused.
 *
 * <p>Threading: the stream thread alone.
 */
final class ReplayEnd {
    private final Consumer<byte[], byte[]> consumer;
    private final Replay replay;
    private final Set<TopicPartition> reached = new HashSet<>();

    ReplayEnd(Consumer<byte[], byte[]> consumer, Replay replay) {
        this.consumer = consumer;
        this.replay = replay;
    }

    /** Returns whether nothing of a partition is left to consume. */
    boolean isReached(TopicPartition partition) {
        return replay.end(partition) == 0 || reached.contains(partition);
    }

    /** Looks again at partitions that were taken away meanwhile and came back: they begin at their committed offset. */
    void beforePoll() {
        reached.removeIf(partition -> !isBehindEnd(partition));
    }

    private boolean isBehindEnd(TopicPartition partition) {
        try {
            return consumer.assignment().contains(partition)
                    && consumer.position(partition, Duration.ZERO) >= replay.end(partition);
        } catch (TimeoutException e) {
            // It was just assigned, and its position is not yet known.
            return false;
        }
    }

    /** Polls, and returns what lies before the end. */
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
            // Partitions added since the replay was planned have no offset in its group. They are paused before the
            // next
            // poll, so nothing is ever fetched from there.
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
