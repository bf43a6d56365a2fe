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
    private TopicReader reader;

    /**
     * What lies between two offsets.
     *
     * @param isNone whether there is no record
     * @param timestamp the first record's, in milliseconds since the epoch, where it is known
     */
    record Found(long from, long to, boolean isNone, OptionalLong timestamp) {
        private boolean answers(long otherFrom, long otherTo) {
            return from == otherFrom && (timestamp.isPresent() || isNone && to == otherTo);
        }
    }

    /** @param makeConsumer makes a consumer outside any group, when it is first needed */
    FirstRecords(String topic, Supplier<Consumer<byte[], byte[]>> makeConsumer) {
        this.topic = topic;
        this.makeConsumer = makeConsumer;
    }

    /** Looks for the first record; where it does not come in time, there is taken to be one, of unknown age. */
    Found find(int partition, long from, long to) {
        return found.compute(
                partition,
                (same, known) -> known != null && known.answers(from, to)
                        ? known
                        : read(new TopicPartition(topic, partition), from, to));
    }

    private Found read(TopicPartition partition, long from, long to) {
        if (reader == null) {
            reader = new TopicReader(makeConsumer.get(), LONGEST_WAIT);
        }
        reader.seek(Map.of(partition, from));
        long[] timestamp = new long[1];
        End end = reader.read(Map.of(partition, to), record -> {
            timestamp[0] = record.timestamp();
            return false;
        });
        return new Found(
                from,
                to,
                end == End.REACHED,
                end == End.STOPPED ? OptionalLong.of(timestamp[0]) : OptionalLong.empty());
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
