package io.resnetstreams.cli.dlq;

import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader.Visitor;
import io.resnetstreams.kafka.TopicScan;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** A command for dead letters, with the options that select them. Without any of them, all are selected. */
abstract class DeadLettersCommand extends KafkaCommand {
    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "Dead-letter topic.")
    private String topic;

    @Option(
            names = "--stage",
            paramLabel = "STAGE",
            description = "Select this stage: event, limits, fetch, decode or classify.")
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
        return load("topics.deadLetters", topic);
    }

    /** Reads the selected dead letters, in the order of each partition. */
    void forEach(Consumer<StoredDeadLetter> visitor) {
        Configuration configuration = configuration();
        new TopicScan(new KafkaClients(configuration.connection()))
                .scan(configuration.topics().deadLetters(), Visitor.ofAll(record -> {
                    StoredDeadLetter letter = new StoredDeadLetter(record);
                    if (isSelected(letter)) {
                        visitor.accept(letter);
                    }
                }));
    }

    boolean isSelected(StoredDeadLetter letter) {
        return (stage == null || stage.equals(letter.stage()))
                && (code == null || code.equals(letter.code()))
                && (positions.isEmpty() || positions.contains(letter.position()));
    }
}
