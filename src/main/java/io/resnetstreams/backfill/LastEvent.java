package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the last committed event of a range. Offsets say nothing about it: transaction markers, aborted transactions and what
 * compaction removed have offsets too. So it is read from the end backwards, in steps that double.
 *
 * <p>Threading: one thread.
 */
final class LastEvent {
    private static final long FIRST_STEP = 64;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private final Consumer<byte[], byte[]> consumer;

    /**
     * Uses a consumer that sees committed records alone.
     *
     * @param consumer its assignment and position are changed
     */
    LastEvent(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Returns the offset of the last event in a range.
     *
     * @param to the offset behind the range, at most the partition's last stable offset
     * @return {@link PartitionRange#NONE} where there is no event
     */
    long in(TopicPartition partition, long from, long to) {
        consumer.assign(List.of(partition));
        long end = to;
        for (long step = FIRST_STEP; end > from; step *= 2) {
            long begin = Math.max(from, end - step);
            long last = read(partition, begin, end);
            if (last != PartitionRange.NONE) {
                return last;
            }
            end = begin;
        }
        return PartitionRange.NONE;
    }

    private long read(TopicPartition partition, long begin, long end) {
        consumer.seek(partition, begin);
        long last = PartitionRange.NONE;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    last = record.offset();
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(partition + ": could not be read to offset " + end + " within 60 s");
            }
        }
        return last;
    }
}
