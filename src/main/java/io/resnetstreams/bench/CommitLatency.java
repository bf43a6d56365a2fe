package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How long a transaction takes that sends one record and an offset. */
public final class CommitLatency {
    private static final int TRANSACTIONS = 60;
    private static final int WARM_UP = 10;
    private static final long PAUSE_NANOS = 100_000_000;

    private CommitLatency() {}

    /** Returns the median in nanoseconds, from begin to committed. */
    public static double medianNanos(KafkaSetup kafka, String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("transactional.id", "commit-time");
        List<Double> times = new ArrayList<>();
        Map<String, Object> group = Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "commit-time");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(group, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            for (int i = 0; i < TRANSACTIONS; i++) {
                // The broker refuses a transaction while it writes the markers of the one before, and the producer then
                // waits for its backoff of 100 ms.
                LockSupport.parkNanos(PAUSE_NANOS);
                long start = System.nanoTime();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[300]));
                producer.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(i)), consumer.groupMetadata());
                producer.commitTransaction();
                if (i >= WARM_UP) {
                    times.add((double) (System.nanoTime() - start));
                }
            }
        }
        return Rounds.median(times);
    }
}
