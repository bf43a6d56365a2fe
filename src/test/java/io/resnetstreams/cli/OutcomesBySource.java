package io.resnetstreams.cli;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.SourcePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** Follows outcomes by their event's partition and offset, with a plain {@code read_committed} consumer. */
final class OutcomesBySource implements AutoCloseable {
    private final Deserializer<io.resnetstreams.events.LabelEvent> labelReader = LabelEvent.deserializer();
    private final Map<Source, List<ConsumerRecord<byte[], byte[]>>> outcomes = new HashMap<>();
    private final Consumer<byte[], byte[]> consumer;
    private final String labelsTopic;

    /** An event's position on the input. */
    record Source(int partition, long offset) {}

    OutcomesBySource(String bootstrap, String labelsTopic, String deadLettersTopic) {
        this.labelsTopic = labelsTopic;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        4,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(labelsTopic, deadLettersTopic)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Waits for this many outcomes. */
    OutcomesBySource await(int count, Duration longest) {
        org.awaitility.Awaitility.await()
                .pollInSameThread()
                .atMost(longest)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    poll();
                    return size() >= count;
                });
        return this;
    }

    private void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            SourcePosition source = isLabel(record)
                    ? labelReader.deserialize(record.topic(), record.value()).source()
                    : DeadLetter.sourceOf(record.headers(), record.timestamp()).orElseThrow();
            outcomes.computeIfAbsent(new Source(source.partition(), source.offset()), any -> new ArrayList<>())
                    .add(record);
        }
    }

    private int size() {
        return outcomes.values().stream().mapToInt(List::size).sum();
    }

    boolean isLabel(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().equals(labelsTopic);
    }

    Map<Source, List<ConsumerRecord<byte[], byte[]>>> all() {
        return outcomes;
    }

    /** Returns the only outcome of an event. */
    ConsumerRecord<byte[], byte[]> only(int partition, long offset) {
        List<ConsumerRecord<byte[], byte[]>> found = outcomes.get(new Source(partition, offset));
        if (found == null || found.size() != 1) {
            throw new AssertionError(
                    "event " + partition + "@" + offset + " does not have exactly one outcome: " + found);
        }
        return found.get(0);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
