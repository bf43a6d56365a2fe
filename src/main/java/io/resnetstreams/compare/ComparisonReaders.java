package io.resnetstreams.compare;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Readers of the topics of two outputs, to their present ends.
 *
 * <p>Threading: one thread.
 */
public final class ComparisonReaders implements AutoCloseable {
    private final KafkaClients clients;
    private final Map<OutcomeStream, TopicOutcomeReader> readers = new EnumMap<>(OutcomeStream.class);

    private final IntConsumer progress;

    private ComparisonReaders(KafkaClients clients, IntConsumer progress) {
        this.clients = clients;
        this.progress = progress;
    }

    /**
     * Opens the readers.
     *
     * @param progress is called with the number of records of each poll, by the reading thread
     * @throws UserErrorException if a topic does not exist
     */
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
        readers.put(
                labels, TopicOutcomeReader.labels(reader(), partitions(parameter, output, output.labels()), progress));
        if (output.deadLetters() != null) {
            readers.put(
                    deadLetters,
                    TopicOutcomeReader.deadLetters(
                            reader(), partitions(parameter, output, output.deadLetters()), progress));
        }
    }

    private TopicReader reader() {
        return new TopicReader(clients.committedReader());
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
}
