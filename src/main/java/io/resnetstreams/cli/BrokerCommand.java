package io.resnetstreams.cli;

import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.service.ProcessEnd;
import io.resnetstreams.topology.StreamsProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "broker",
        description = {"Run a single-node Kafka broker for development.", "", "Prints its address, then 'ready'."},
        footer = {"", "Example:", "  resnet-streams broker --data data/broker --port 9092"})
final class BrokerCommand extends PipelineCommand {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of the broker (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data/broker");

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port for clients; 0 selects a free port (default: ${DEFAULT-VALUE}).")
    private int port = 9092;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "Set a broker property, such as log.retention.hours or advertised.listeners; repeatable.")
    private final Map<String, String> properties = new LinkedHashMap<>();

    @Override
    public Integer call() {
        OptionRange.require("--port", port, 0, 65_535);
        int maxMessageBytes = load().topicSettings().maxMessageBytes() + StreamsProperties.OUTCOME_HEADROOM_BYTES;
        EmbeddedBroker broker;
        try {
            broker = EmbeddedBroker.start(data, port, maxMessageBytes, properties);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage("--property: " + e.getMessage(), e);
        } catch (IOException e) {
            throw UserErrorException.usage("cannot start the broker: " + e.getMessage(), e);
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            broker.close();
                            ProcessEnd.endAfterSignal(0);
                        },
                        "shutdown"));
        output.printJson(Map.of("bootstrapServers", broker.bootstrapServers(), "data", data.toString()));
        output.println(broker.bootstrapServers());
        output.println("ready");
        broker.awaitEnd();
        return 0;
    }
}
