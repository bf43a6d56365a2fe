package io.resnetstreams.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Keeps a topic ahead of its reader by so many bytes, and no more: a reader never waits, and the disk doesn't fill. */
public final class Backlog implements AutoCloseable {
    private static final long BYTES_AHEAD = 4 * KafkaSetup.IN_FLIGHT.maxBytes();
    /** Sent at once at most, so that its sender gets to do other things. */
    private static final long BYTES_AT_ONCE = 16L << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final List<byte[]> values;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final long meanBytes;
    private long sent;

    public Backlog(KafkaSetup kafka, String topic, List<byte[]> values) {
        this.producer = kafka.producer();
        this.topic = topic;
        this.values = values;
        this.meanBytes = meanBytes(values);
    }

    public static long meanBytes(List<byte[]> values) {
        return values.stream().mapToLong(value -> value.length).sum() / values.size();
    }

    /** Sends events until there are enough ahead of those that are done, or enough were sent for now. */
    public void topUp(long done) {
        if (failure.get() != null) {
            throw new IllegalStateException("an event could not be sent", failure.get());
        }
        long bytes = 0;
        while ((sent - done) * meanBytes < BYTES_AHEAD && bytes < BYTES_AT_ONCE) {
            byte[] value = values.get((int) (sent % values.size()));
            int partition = (int) (sent % KafkaSetup.PARTITIONS);
            producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, e) -> {
                if (e != null) {
                    failure.set(e);
                }
            });
            bytes += value.length;
            sent++;
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
