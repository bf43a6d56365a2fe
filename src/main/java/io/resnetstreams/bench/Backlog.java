package io.resnetstreams.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Keeps a bounded backlog on a topic, so that the consumer never waits and the disk does not fill. */
public final class Backlog implements AutoCloseable {
    private static final long BACKLOG_BYTES = 4 * KafkaSetup.IN_FLIGHT.maxBytes();
    /** The maximum number of bytes that a call sends. */
    private static final long BYTES_PER_CALL = 16L << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final List<byte[]> values;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final long meanBytes;
    private long sent;

    /** Creates a backlog that sends the values in turn. */
    public Backlog(KafkaSetup kafka, String topic, List<byte[]> values) {
        this.producer = kafka.producer();
        this.topic = topic;
        this.values = values;
        this.meanBytes = meanBytes(values);
    }

    /** Returns the mean size of the values. */
    public static long meanBytes(List<byte[]> values) {
        return values.stream().mapToLong(value -> value.length).sum() / values.size();
    }

    /** Sends events until the backlog is full or the limit per call is reached, given the number of processed events. */
    public void topUp(long done) {
        if (failure.get() != null) {
            throw new IllegalStateException("an event could not be sent", failure.get());
        }
        long bytes = 0;
        while ((sent - done) * meanBytes < BACKLOG_BYTES && bytes < BYTES_PER_CALL) {
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
