package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads partitions with a consumer outside any group: to given end offsets with {@link #read} and {@link #readTo}, or
 * without an end with {@link #poll}. Partitions are read concurrently, each in offset order. At most one poll is in
 * memory, whose size the consumer bounds, as {@link KafkaClients#committedReader} does. Used by one thread.
 *
 * <p>A partition is at its end when the consumer's position has reached the end offset. The last record does not tell:
 * transaction markers, aborted transactions and compaction leave offsets without a record. If records expire before
 * they are read, the consumer continues with the oldest record that is left, which may lie behind the end.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private final Consumer<byte[], byte[]> consumer;
    private final Duration timeout;

    /** Takes over the consumer, and waits up to a minute for the next record. */
    public TopicReader(Consumer<byte[], byte[]> consumer) {
        this(consumer, DEFAULT_TIMEOUT);
    }

    /** Takes over a committed reader, and waits this long for the next record. */
    public TopicReader(Consumer<byte[], byte[]> consumer, Duration timeout) {
        this.consumer = consumer;
        this.timeout = timeout;
    }

    /** Takes a record; false stops the reading. */
    @FunctionalInterface
    public interface Visitor {
        boolean visit(ConsumerRecord<byte[], byte[]> record);

        /** Returns a visitor that takes all records. */
        static Visitor ofAll(java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
            return record -> {
                each.accept(record);
                return true;
            };
        }
    }

    /** Why reading has ended. */
    public enum End {
        /** All partitions were read to their end offsets. */
        REACHED,
        /** The visitor returned false. */
        STOPPED,
        /** No record arrived within the timeout. */
        TIMED_OUT
    }

    /** Reads these partitions, and no others, from the given offsets on. */
    public void seek(Map<TopicPartition, Long> offsets) {
        consumer.assign(offsets.keySet());
        offsets.forEach(consumer::seek);
    }

    /** Reads these partitions, and no others, from their oldest records on. */
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        // The consumer looks positions up lazily, when records may have expired.
        partitions.forEach(consumer::position);
    }

    /** Returns the partitions that are read. */
    public Set<TopicPartition> partitions() {
        return consumer.assignment();
    }

    /** Returns the offset of the first record of each partition. */
    public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** Returns the present end offset of each partition, before the first open transaction. */
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /** Returns the offset from which a partition is read next. */
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    /** Returns the partitions that have not been read to these end offsets. */
    public List<TopicPartition> unfinished(Map<TopicPartition, Long> ends) {
        return ends.keySet().stream()
                .filter(partition -> position(partition) < ends.get(partition))
                .toList();
    }

    /** Pauses all partitions but these, until the next call. */
    public void pauseAllBut(Set<TopicPartition> wanted) {
        consumer.resume(wanted);
        consumer.pause(consumer.assignment().stream()
                .filter(partition -> !wanted.contains(partition))
                .toList());
    }

    /** Returns the next records; none if none arrived within the given time. */
    public ConsumerRecords<byte[], byte[]> poll(Duration longest) {
        return consumer.poll(longest);
    }

    /** Reads partitions to these end offsets, excluded, unless the visitor stops or the timeout passes without a record. */
    public End read(Map<TopicPartition, Long> ends, Visitor visitor) {
        long lastRecordNanos = System.nanoTime();
        while (!unfinished(ends).isEmpty()) {
            if (System.nanoTime() - lastRecordNanos > timeout.toNanos()) {
                return End.TIMED_OUT;
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.getOrDefault(partition, 0L) && !visitor.visit(record)) {
                    return End.STOPPED;
                }
            }
            if (!records.isEmpty()) {
                lastRecordNanos = System.nanoTime();
            }
        }
        return End.REACHED;
    }

    /** Reads as {@link #read} does; throws UserErrorException, with the unfinished partitions, after the timeout. */
    public void readTo(Map<TopicPartition, Long> ends, Visitor visitor) {
        if (read(ends, visitor) == End.TIMED_OUT) {
            throw UserErrorException.shortfall(timeoutMessage(timeout, unfinished(ends)), null);
        }
    }

    /** Returns the message about partitions whose next record did not arrive in time. */
    public static String timeoutMessage(Duration timeout, Collection<?> unfinished) {
        return "no record arrived for " + timeout.toSeconds()
                + " s, and these partitions have not been read to their end: " + unfinished;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
}
