package io.resnetstreams.metrics;

import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicReader.End;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the first record from an offset on. There may be no record between a committed offset and a partition's end, since
 * transaction markers take offsets too; and the timestamp of the first record is the age of the oldest waiting event.
 *
 * <p>Results are cached, so that a partition is read again only after a change.
 *
 * <p>Threading: one thread.
 */
final class FirstRecords implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final String topic;
    private final Supplier<Consumer<byte[], byte[]>> makeConsumer;
    private final Map<Integer, Found> found = new HashMap<>();
    private TopicReader reader;

    /**
     * The first record between two offsets.
     *
     * @param isNone whether there is no record
     * @param timestamp the first record's, in milliseconds since the epoch, where it is known
     */
    record Found(long from, long to, boolean isNone, OptionalLong timestamp) {
        private boolean answers(long otherFrom, long otherTo) {
            return from == otherFrom && (timestamp.isPresent() || isNone && to == otherTo);
        }
    }

    /** @param makeConsumer creates a consumer outside any group, when it is first needed */
    FirstRecords(String topic, Supplier<Consumer<byte[], byte[]>> makeConsumer) {
        this.topic = topic;
        this.makeConsumer = makeConsumer;
    }

    /** Finds the first record; if it does not arrive in time, the result is a record of unknown age. */
    Found find(int partition, long from, long to) {
        Found known = found.get(partition);
        if (known == null || !known.answers(from, to)) {
            known = read(new TopicPartition(topic, partition), from, to);
            found.put(partition, known);
        }
        return known;
    }

    private Found read(TopicPartition partition, long from, long to) {
        if (reader == null) {
            reader = new TopicReader(makeConsumer.get(), TIMEOUT);
        }
        reader.seek(Map.of(partition, from));
        long[] timestamp = new long[1];
        End end = reader.read(Map.of(partition, to), record -> {
            timestamp[0] = record.timestamp();
            return false;
        });
        OptionalLong found = end == End.STOPPED ? OptionalLong.of(timestamp[0]) : OptionalLong.empty();
        return new Found(from, to, end == End.REACHED, found);
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
