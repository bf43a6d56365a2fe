package io.resnetstreams.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
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

/** Readers of the topics of two outputs, to their present ends. Threading: one thread. */
public final class ComparisonReaders implements AutoCloseable {
    private final KafkaClients clients;
    private final Map<OutcomeStream, TopicOutcomeReader> readers = new EnumMap<>(OutcomeStream.class);

    private final IntConsumer progress;

    private ComparisonReaders(KafkaClients clients, IntConsumer progress) {
        this.clients = clients;
        this.progress = progress;
    }

    /** Opens readers that call {@code progress} with the number of records of each poll; a topic must exist. */
    public static ComparisonReaders open(KafkaClients clients, OutputTopics a, OutputTopics b, IntConsumer progress) {
        ComparisonReaders opened = new ComparisonReaders(clients, progress);
        try {
            opened.add("A", a, OutcomeStream.LABELS_A, OutcomeStream.DEAD_LETTERS_A);
            opened.add("B", b, OutcomeStream.LABELS_B, OutcomeStream.DEAD_LETTERS_B);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private void add(String parameter, OutputTopics output, OutcomeStream labels, OutcomeStream deadLetters) {
        readers.put(labels, reader(partitions(parameter, output, output.labels()), TopicOutcomeReader::label));
        if (output.deadLetters() != null) {
            List<TopicPartition> partitions = partitions(parameter, output, output.deadLetters());
            readers.put(deadLetters, reader(partitions, TopicOutcomeReader::deadLetter));
        }
    }

    private TopicOutcomeReader reader(
            List<TopicPartition> partitions, Function<ConsumerRecord<byte[], byte[]>, OutcomeReader.Item> parser) {
        return new TopicOutcomeReader(new TopicReader(clients.committedReader()), partitions, parser, progress);
    }

    private List<TopicPartition> partitions(String parameter, OutputTopics output, String topic) {
        try {
            return clients.partitions(topic);
        } catch (UserErrorException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                throw UserErrorException.usage(
                        parameter + " is '" + output.name() + "': topic '" + topic
                                + "' does not exist; allowed are '" + OutputTopics.LIVE
                                + "' and the names of labels topics",
                        e);
            }
            throw e;
        }
    }

    /** Returns the number of offsets to read. */
    public long offsets() {
        return readers.values().stream().mapToLong(TopicOutcomeReader::offsets).sum();
    }

    /** Returns the readers by stream. */
    public Map<OutcomeStream, ? extends OutcomeReader> byStream() {
        return readers;
    }

    @Override
    public void close() {
        readers.values().forEach(TopicOutcomeReader::close);
    }

    /** Reads a labels or dead-letter topic to the end that it has when this is created. */
    static final class TopicOutcomeReader implements OutcomeReader, AutoCloseable {
        private static final Duration POLL = Duration.ofMillis(100);

        private final TopicReader reader;
        private final String topic;
        private final Function<ConsumerRecord<byte[], byte[]>, Item> parser;
        private final IntConsumer progress;
        private final Map<TopicPartition, Long> begins;
        private final Map<TopicPartition, Long> ends;

        TopicOutcomeReader(
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

        /** Returns the number of offsets to read; some may have no record. */
        long offsets() {
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

        static Item label(ConsumerRecord<byte[], byte[]> record) {
            try {
                LabelEvent event = LabelEvent.complete(record.topic(), record.value());
                LabelEvent.Source source = event.origin();
                String sha256 = source.image() == null ? null : source.image().sha256();
                return item(
                        record,
                        event.source(),
                        source.onePart(),
                        event.id(),
                        event.labels().get(0),
                        sha256);
            } catch (SerializationException e) {
                return unreadable(record, e.getMessage());
            }
        }

        static Item deadLetter(ConsumerRecord<byte[], byte[]> record) {
            return DeadLetter.sourceOf(record.headers(), record.timestamp())
                    .map(source -> item(
                            record,
                            source,
                            DeadLetter.partOf(record.headers()),
                            record.key() == null ? null : new String(record.key(), UTF_8),
                            null,
                            null))
                    .orElseGet(() -> unreadable(record, "no source position in its headers"));
        }

        private static Item item(
                ConsumerRecord<byte[], byte[]> record,
                SourcePosition source,
                Part part,
                String id,
                LabelEvent.Label best,
                String sha256) {
            TopicPartition partition = new TopicPartition(source.topic(), source.partition());
            return new Item(
                    record.partition(),
                    record.offset(),
                    new SourceOutcome(partition, source.offset(), part, id, best, sha256),
                    null);
        }

        private static Item unreadable(ConsumerRecord<byte[], byte[]> record, String fault) {
            String place = record.topic() + "-" + record.partition() + "@" + record.offset();
            return new Item(record.partition(), record.offset(), null, place + ": " + fault);
        }
    }
}
