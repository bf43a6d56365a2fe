package io.resnetstreams.cli.options;

import io.resnetstreams.config.Configuration;
import java.util.Arrays;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that connects to Kafka. */
public final class BrokerOptions {
    @Mixin
    private PipelineOptions pipeline;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Addresses of Kafka brokers, separated by commas.")
    private String bootstrap;

    /** Loads the configuration as {@link PipelineOptions#load} does, with {@code --bootstrap}. */
    public Configuration load(Object... keysAndValues) {
        Object[] all = Arrays.copyOf(keysAndValues, keysAndValues.length + 2);
        all[keysAndValues.length] = "bootstrapServers";
        all[keysAndValues.length + 1] = bootstrap;
        return pipeline.load(all);
    }
}
