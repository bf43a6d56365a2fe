package io.resnetstreams.cli.options;

import io.resnetstreams.config.Configuration;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that talks to a broker. */
public final class BrokerOptions {
    @Mixin
    private PipelineOptions pipeline;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrap;

    /** Returns the configuration with {@code --bootstrap} on top. */
    public Configuration load() {
        return load("bootstrapServers", bootstrap);
    }

    /** Returns the configuration with {@code --bootstrap} and a value of the command's own, null where not given, on top. */
    public Configuration load(String key, Object value) {
        Map<String, String> own = new HashMap<>();
        own.put("bootstrapServers", bootstrap);
        own.put(key, value == null ? null : value.toString());
        return pipeline.load(own);
    }
}
