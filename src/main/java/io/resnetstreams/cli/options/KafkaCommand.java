package io.resnetstreams.cli.options;

import io.resnetstreams.config.Configuration;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** A command that connects to Kafka. */
public abstract class KafkaCommand extends PipelineCommand {
    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Addresses of Kafka brokers, separated by commas.")
    private String bootstrap;

    @Override
    protected final Configuration load(Object... keysAndValues) {
        return super.load(Stream.concat(Stream.of(keysAndValues), Stream.of("bootstrapServers", bootstrap))
                .toArray());
    }
}
