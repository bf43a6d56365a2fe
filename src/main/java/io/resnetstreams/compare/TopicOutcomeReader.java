package io.resnetstreams.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads a labels or dead-letter topic to the end that it has when this is created.
 *
 * <p>Threading: one thread.
 */
public final class TopicOutcomeReader implements OutcomeReader, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Deserializer<LabelEvent> LABELS = LabelEvent.deserializer();

    private final TopicReader reader;
    private final String topic;
    private final Function<ConsumerRecord<byte[], byte[]>, Item> parser;
    private final IntConsumer progress;
    private final Map<TopicPartition, Long> begins;
    private final Map<TopicPartition, Long> ends;

    private TopicOutcomeReader(
            TopicReader reader,
            List<TopicPartition> partitions,
            Function<ConsumerRecord<byte[], byte[]>, Item> parser,
            IntConsumer progress) {
        this.progress = progress;
        this.reader = reader;
        this.topic = partitions.get(0).topic();
        this.parser = parser;
        this.begins = reader.beginnings(partitions);
        this.ends = reader.ends(partitions);
    }

    /**
     * Reads a labels topic. Takes over the reader.
     *
     * @param partitions all of the topic
     * @param progress is called with the number of records of each poll
     */
    public static TopicOutcomeReader labels(TopicReader reader, List<TopicPartition> partitions, IntConsumer progress) {
        return new TopicOutcomeReader(reader, partitions, TopicOutcomeReader::label, progress);
    }

    /** Reads a dead-letter topic, otherwise as {@link #labels}. */
    public static TopicOutcomeReader deadLetters(
            TopicReader reader, List<TopicPartition> partitions, IntConsumer progress) {
        return new TopicOutcomeReader(reader, partitions, TopicOutcomeReader::deadLetter, progress);
    }

    /** Returns the number of offsets to read; some may have no record. */
    public long offsets() {
        return ends.entrySet().stream()
                .mapToLong(end -> end.getValue() - begins.get(end.getKey()))
                .sum();
    }

    @Override
    public int partitions() {
        return ends.size();
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public void open(Map<Integer, Long> offsets) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        offsets.forEach((number, offset) -> {
            TopicPartition partition = new TopicPartition(topic, number);
            positions.put(partition, Math.max(offset, begins.get(partition)));
        });
        reader.seek(positions);
    }

    @Override
    public List<Item> poll(Set<Integer> partitions) {
        reader.pauseAllBut(partitions.stream()
                .map(number -> new TopicPartition(topic, number))
                .collect(Collectors.toSet()));
        List<Item> items = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
            if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) {
                items.add(parser.apply(record));
            }
        }
        progress.accept(items.size());
        return items;
    }

    @Override
    public boolean isAtEnd(int number) {
        TopicPartition partition = new TopicPartition(topic, number);
        return reader.position(partition) >= ends.get(partition);
    }

    @Override
    public void close() {
        reader.close();
    }

    private static Item label(ConsumerRecord<byte[], byte[]> record) {
        LabelEvent event;
        try {
            event = LABELS.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            return unreadable(record, e.getMessage());
        }
        if (event == null || event.missing() != null) {
            return unreadable(record, event == null ? "no label event" : "a label event without " + event.missing());
        }
        return item(record, event.source(), event.id(), event.labels().get(0));
    }

    private static Item deadLetter(ConsumerRecord<byte[], byte[]> record) {
        return DeadLetter.sourceOf(record.headers(), record.timestamp())
                .map(source ->
                        item(record, source, record.key() == null ? null : new String(record.key(), UTF_8), null))
                .orElseGet(() -> unreadable(record, "no source position in its headers"));
    }

    private static Item item(
            ConsumerRecord<byte[], byte[]> record, SourcePosition source, String id, LabelEvent.Label best) {
        TopicPartition partition = new TopicPartition(source.topic(), source.partition());
        return new Item(
                record.partition(), record.offset(), new SourceOutcome(partition, source.offset(), id, best), null);
    }

    private static Item unreadable(ConsumerRecord<byte[], byte[]> record, String fault) {
        String place = record.topic() + "-" + record.partition() + "@" + record.offset();
        return new Item(record.partition(), record.offset(), null, place + ": " + fault);
    }
}
