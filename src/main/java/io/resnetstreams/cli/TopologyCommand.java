package io.resnetstreams.cli;

import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.topology.ClassifyTopology;
import java.util.Map;
import org.apache.kafka.streams.TopologyDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "topology",
        description = "Print the Kafka Streams topology.",
        footer = {"", "Example:", "  resnet-streams topology --format mermaid"})
final class TopologyCommand extends PipelineCommand {
    enum Format {
        TEXT,
        MERMAID
    }

    @Option(
            names = "--format",
            defaultValue = "text",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format;

    @Override
    public Integer call() {
        TopologyDescription description = ClassifyTopology.describe(load().topics());
        String text = format == Format.TEXT ? description.toString() : mermaid(description);
        output.printJson(Map.of("topology", text));
        output.text().print(text);
        return 0;
    }

    private static String mermaid(TopologyDescription description) {
        StringBuilder text = new StringBuilder("flowchart LR\n");
        for (TopologyDescription.Subtopology part : description.subtopologies()) {
            for (TopologyDescription.Node node : part.nodes()) {
                if (node instanceof TopologyDescription.Source source) {
                    source.topicSet().stream()
                            .sorted()
                            .forEach(topic -> text.append("  %s[(%s)] --> %s\n".formatted(topic, topic, id(node))));
                }
                if (node instanceof TopologyDescription.Sink sink) {
                    text.append("  %s --> %s[(%s)]\n".formatted(id(node), sink.topic(), sink.topic()));
                }
                node.successors().stream()
                        .map(TopologyCommand::id)
                        .sorted()
                        .forEach(next -> text.append("  %s --> %s\n".formatted(id(node), next)));
            }
        }
        return text.toString();
    }

    private static String id(TopologyDescription.Node node) {
        return "node-" + node.name();
    }
}
