package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at the first record from an offset on. Between a committed offset and a partition's end there may be no record at
 * all, but markers of transactions, which take offsets too; and the first record's timestamp says how old what waits is.
 *
 * <p>What was found is remembered, so that a partition where nothing changes is read once.
 *
 * <p>Threading: one thread.
 */
final class FirstRecords implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final String topic;
    private final Supplier<Consumer<byte[], byte[]>> makeConsumer;
    private final Map<Integer, Found> found = new HashMap<>();
    private Consumer<byte[], byte[]> consumer;

    /** The timestamp of the first record from one offset to another, if there is any. */
    private record Found(long from, long to, OptionalLong timestamp) {
        boolean answers(long otherFrom, long otherTo) {
            return from == otherFrom && (timestamp.isPresent() || to == otherTo);
        }
    }

    /** @param makeConsumer makes a consumer outside any group, when it is first needed */
    FirstRecords(String topic, Supplier<Consumer<byte[], byte[]>> makeConsumer) {
        this.topic = topic;
        this.makeConsumer = makeConsumer;
    }

    /**
     * Returns the timestamp of the first record, in milliseconds since the epoch; nothing where there is no record.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if that can't be found out in time
     */
    OptionalLong timestamp(int partition, long from, long to) {
        Found known = found.get(partition);
        if (known == null || !known.answers(from, to)) {
            known = new Found(from, to, read(new TopicPartition(topic, partition), from, to));
            found.put(partition, known);
        }
        return known.timestamp();
    }

    private OptionalLong read(TopicPartition partition, long from, long to) {
        if (consumer == null) {
            consumer = makeConsumer.get();
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (consumer.position(partition, LONGEST_WAIT) < to) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative()) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "no record of " + partition + " within " + LONGEST_WAIT.toMillis() + " ms");
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(left);
            if (!records.isEmpty()) {
                return OptionalLong.of(records.iterator().next().timestamp());
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
