package io.resnetstreams.cli;

import io.resnetstreams.backfill.OutcomeReader;
import io.resnetstreams.backfill.OutcomeStream;
import io.resnetstreams.backfill.OutputTopics;
import io.resnetstreams.backfill.TopicOutcomeReader;
import java.util.EnumMap;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;

/**
 * Readers of the topics of two outputs to the ends they have now, with a progress bar where a person looks on.
 *
 * <p>Threading: one thread.
 */
final class ComparisonReaders implements AutoCloseable {
    private final KafkaClients clients;
    private final Map<OutcomeStream, TopicOutcomeReader> readers = new EnumMap<>(OutcomeStream.class);
    private ProgressBar bar;

    private ComparisonReaders(KafkaClients clients) {
        this.clients = clients;
    }

    /** Opens them; a topic that does not exist is wrong usage. */
    static ComparisonReaders open(KafkaClients clients, OutputTopics a, OutputTopics b) {
        ComparisonReaders opened = new ComparisonReaders(clients);
        try {
            opened.add("A", a, OutcomeStream.LABELS_A, OutcomeStream.DEAD_LETTERS_A);
            opened.add("B", b, OutcomeStream.LABELS_B, OutcomeStream.DEAD_LETTERS_B);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        opened.bar = Terminal.progressBar(
                "labels",
                opened.readers.values().stream()
                        .mapToLong(TopicOutcomeReader::offsets)
                        .sum());
        return opened;
    }

    private void add(String parameter, OutputTopics output, OutcomeStream labels, OutcomeStream deadLetters) {
        int partitions = partitions(parameter, output, output.labels());
        readers.put(
                labels,
                TopicOutcomeReader.labels(clients.committedReader(), output.labels(), partitions, this::progress));
        if (output.deadLetters() != null) {
            partitions = partitions(parameter, output, output.deadLetters());
            readers.put(
                    deadLetters,
                    TopicOutcomeReader.deadLetters(
                            clients.committedReader(), output.deadLetters(), partitions, this::progress));
        }
    }

    private int partitions(String parameter, OutputTopics output, String topic) {
        try {
            return clients.partitions(topic).size();
        } catch (UserErrorException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                throw UserErrorException.usage(
                        parameter + " is '" + output.name() + "': topic '" + topic
                                + "' does not exist; allowed are '" + ConfiguredOutputs.LIVE
                                + "' and the names of topics of labels",
                        e);
            }
            throw e;
        }
    }

    private void progress(int records) {
        if (bar != null) {
            bar.stepBy(records);
        }
    }

    Map<OutcomeStream, ? extends OutcomeReader> byStream() {
        return readers;
    }

    @Override
    public void close() {
        readers.values().forEach(TopicOutcomeReader::close);
        if (bar != null) {
            bar.close();
        }
    }
}
