package io.resnetstreams.cli.dlq;

import io.resnetstreams.cli.options.BrokerOptions;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicScan;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that select dead letters. Without any of them, all are selected. */
final class DeadLetterSelection {
    @Mixin
    private BrokerOptions options;

    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "Dead-letter topic.")
    private String topic;

    @Option(
            names = "--stage",
            paramLabel = "STAGE",
            description = "Select this stage: event, limits, decode or classify.")
    private String stage;

    @Option(names = "--code", paramLabel = "CODE", description = "Select this code, such as truncated.")
    private String code;

    @Option(
            names = "--position",
            paramLabel = "TOPIC-N@OFFSET",
            split = ",",
            description = "Select these positions in the dead-letter topic, as printed by 'dlq list'.")
    private Set<String> positions = new LinkedHashSet<>();

    Configuration configuration() {
        return options.load("topics.deadLetters", topic);
    }

    /** Reads the selected dead letters, in the order of each partition. */
    void forEach(Configuration configuration, Consumer<StoredDeadLetter> visitor) {
        new TopicScan(new KafkaClients(configuration.connection()))
                .scan(configuration.topics().deadLetters(), record -> {
                    StoredDeadLetter letter = new StoredDeadLetter(record);
                    if (isSelected(letter)) {
                        visitor.accept(letter);
                    }
                    return true;
                });
    }

    boolean isSelected(StoredDeadLetter letter) {
        return (stage == null || stage.equals(letter.stage()))
                && (code == null || code.equals(letter.code()))
                && (positions.isEmpty() || positions.contains(letter.position()));
    }
}
