package io.resnetstreams.cli;

import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PipelineOptions;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.service.ProcessEnd;
import io.resnetstreams.topology.StreamsProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the embedded broker alone. */
@Command(
        name = "broker",
        description = "Runs Kafka as one node on this machine, for trying out. Prints its address, then 'ready'.",
        footer = "%nExample: resnet-streams broker --data data/broker --port 9092")
final class BrokerCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data/broker",
            description = "Directory of its log (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "Port for clients, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description =
                    "Sets a property of Kafka's server, such as log.retention.hours or advertised.listeners; repeatable.")
    private final Map<String, String> properties = new LinkedHashMap<>();

    @Override
    public Integer call() {
        if (port < 0 || port > 65_535) {
            throw UserErrorException.usage("--port is " + port + "; allowed are 0 to 65535");
        }
        int maxMessageBytes = options.load().topics().maxMessageBytes() + StreamsProperties.OUTCOME_HEADROOM_BYTES;
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
        output.text().println(broker.bootstrapServers());
        output.text().println("ready");
        output.text().flush();
        broker.awaitEnd();
        return 0;
    }
}
