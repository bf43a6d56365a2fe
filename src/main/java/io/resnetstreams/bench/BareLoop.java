package io.resnetstreams.bench;

import io.resnetstreams.topology.PipelineSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A plain loop that consumes, produces and commits transactions every 100 ms. */
public final class BareLoop {
    private static final long COMMIT_NANOS = 100_000_000;
    private static final Duration POLL = Duration.ofMillis(10);

    private final KafkaSetup kafka;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Creates a loop for the events of this broker. */
    public BareLoop(KafkaSetup kafka) {
        this.kafka = kafka;
    }

    /** Returns committed records per second. */
    public double rate(int seconds) throws Exception {
        PipelineSettings settings = kafka.settings();
        Thread loop = new Thread(() -> loop(settings), "bare-loop");
        loop.start();
        try {
            return kafka.committedRate(settings.topics().labels(), seconds);
        } finally {
            stopped.set(true);
            loop.join();
            kafka.delete(settings);
        }
    }

    private void loop(PipelineSettings settings) {
        Properties consumerProperties = new Properties();
        consumerProperties.put("bootstrap.servers", kafka.bootstrapServers());
        consumerProperties.put("group.id", settings.applicationId());
        consumerProperties.put("auto.offset.reset", "earliest");
        consumerProperties.put("enable.auto.commit", false);
        consumerProperties.put("isolation.level", "read_committed");
        Properties producerProperties = new Properties();
        producerProperties.put("bootstrap.servers", kafka.bootstrapServers());
        producerProperties.put("transactional.id", settings.applicationId());
        producerProperties.put("linger.ms", 100);
        producerProperties.put("compression.type", "lz4");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        consumerProperties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(producerProperties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(settings.topics().input()));
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            long begun = 0;
            while (!stopped.get()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (offsets.isEmpty()) {
                        producer.beginTransaction();
                        begun = System.nanoTime();
                    }
                    producer.send(
                            new ProducerRecord<>(settings.topics().labels(), record.partition(), null, record.value()));
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                if (!offsets.isEmpty() && System.nanoTime() - begun >= COMMIT_NANOS) {
                    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                    producer.commitTransaction();
                    offsets.clear();
                }
            }
            if (!offsets.isEmpty()) {
                producer.abortTransaction();
            }
        }
    }
}
