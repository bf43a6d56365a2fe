package io.resnetstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Counts the outcomes of events with only a {@code read_committed} consumer and a JSON parser. It shares no code with
 * the product, so it can't share a bug with the pipeline, as {@code check} could.
 *
 * @param lost events without an outcome, as {@code TOPIC-PARTITION@OFFSET}
 * @param duplicates events with more than one outcome
 * @param outOfOrder outcomes that follow a later event's outcome on the same output partition
 * @param ghosts outcomes without an event
 */
record IndependentCount(int events, Set<String> lost, Set<String> duplicates, int outOfOrder, int ghosts) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Counts the outcomes on the topics now. Only events that match {@code expected} are counted. */
    static IndependentCount of(
            String bootstrap,
            String input,
            String labels,
            String deadLetters,
            Predicate<ConsumerRecord<byte[], byte[]>> expected)
            throws IOException {
        Set<String> events = new HashSet<>();
        read(bootstrap, input, (record, position) -> {
            if (expected.test(record)) {
                events.add(position);
            }
        });
        Map<String, Integer> outcomes = new TreeMap<>();
        int[] outOfOrder = {0};
        for (String output : List.of(labels, deadLetters)) {
            Map<Integer, Long> last = new HashMap<>();
            read(bootstrap, output, (record, position) -> {
                Source source = output.equals(labels) ? ofLabel(record) : ofDeadLetter(record);
                outcomes.merge(source.topic + "-" + source.partition + "@" + source.offset, 1, Integer::sum);
                Long before = last.put(record.partition(), source.offset);
                if (before != null && before >= source.offset) {
                    outOfOrder[0]++;
                }
            });
        }
        Set<String> lost = new TreeSet<>(events);
        lost.removeAll(outcomes.keySet());
        Set<String> duplicates = new TreeSet<>();
        int ghosts = 0;
        for (Map.Entry<String, Integer> outcome : outcomes.entrySet()) {
            if (outcome.getValue() > 1) {
                duplicates.add(outcome.getKey());
            }
            ghosts += events.contains(outcome.getKey()) ? 0 : 1;
        }
        return new IndependentCount(events.size(), lost, duplicates, outOfOrder[0], ghosts);
    }

    private record Source(String topic, int partition, long offset) {}

    private static Source ofLabel(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode source = JSON.readTree(record.value()).get("source");
            return new Source(
                    source.get("topic").asText(),
                    source.get("partition").asInt(),
                    source.get("offset").asLong());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Source ofDeadLetter(ConsumerRecord<byte[], byte[]> record) {
        return new Source(
                header(record, "__streams.errors.topic"),
                Integer.parseInt(header(record, "__streams.errors.partition")),
                Long.parseLong(header(record, "__streams.errors.offset")));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static void read(String bootstrap, String topic, BiConsumer<ConsumerRecord<byte[], byte[]>, String> each) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed", "max.poll.records", 20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + LONGEST.toNanos();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(POLL)
                        .forEach(record ->
                                each.accept(record, topic + "-" + record.partition() + "@" + record.offset()));
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("topic " + topic + " was not read to its end");
                }
            }
        }
    }
}
