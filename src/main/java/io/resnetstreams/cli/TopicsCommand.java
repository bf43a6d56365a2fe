package io.resnetstreams.cli;

import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "topics",
        description = {"Create the topics that 'run' expects.", "", "Existing topics are left unchanged."},
        footer = {"", "Example:", "  resnet-streams topics --bootstrap localhost:9092 --partitions 12"})
final class TopicsCommand extends KafkaCommand {
    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions of each topic.")
    private Integer partitions;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = load("topics.partitions", partitions);
        Map<String, String> results = TopicCreation.create(new KafkaClients(configuration.connection()));
        output.printJson(Map.of(
                "topics", results, "partitions", configuration.topicSettings().partitions()));
        results.forEach((topic, result) -> output.println(topic + ": " + result));
        return 0;
    }
}
