package io.resnetstreams.cli.dlq;

import io.resnetstreams.cli.options.PipelineOptions;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicScan;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which dead letters a command is about; without any option, all. */
final class DeadLetterSelection {
    @Mixin
    private PipelineOptions options;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrap;

    @Option(names = "--dead-letters", paramLabel = "TOPIC", description = "The topic of dead letters.")
    private String topic;

    @Option(
            names = "--stage",
            paramLabel = "STAGE",
            description = "Only of this stage: event, limits, decode, classify.")
    private String stage;

    @Option(names = "--code", paramLabel = "CODE", description = "Only of this code, such as truncated.")
    private String code;

    @Option(
            names = "--position",
            paramLabel = "TOPIC-N@OFFSET",
            split = ",",
            description = "Only those at these places of the dead-letter topic, as 'dlq list' prints them.")
    private Set<String> positions = new LinkedHashSet<>();

    Configuration configuration() {
        Map<String, String> own = new HashMap<>();
        own.put("bootstrapServers", bootstrap);
        own.put("topics.deadLetters", topic);
        return options.load(own);
    }

    /** Reads all dead letters that are selected, each partition in its order. */
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
