package io.resnetstreams.cli.options;

import io.resnetstreams.common.Home;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options by which a command gets its configuration. */
public final class PipelineOptions {
    private static final Path DEFAULT_FILE = Path.of("topology", "pipeline.yaml");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file (default: topology/pipeline.yaml beside the launcher).")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets a key of the configuration; repeatable. Kafka's properties stand under 'kafka.'.")
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Returns the configuration from all sources, checked. */
    public Configuration load() {
        return load(Map.of());
    }

    /** Returns it with these values of the command's own options laid on top. */
    public Configuration load(Map<String, String> ownValues) {
        ConfigurationLoader loader = new ConfigurationLoader();
        if (file != null) {
            loader.file(file);
        } else {
            Path beside = Home.resolve(DEFAULT_FILE);
            if (Files.isRegularFile(beside)) {
                loader.file(beside);
            }
        }
        loader.environment(System.getenv());
        values.forEach((key, value) -> loader.set(key, value, "--set"));
        ownValues.forEach((key, value) -> {
            if (value != null) {
                loader.set(key, value, "option");
            }
        });
        return loader.load();
    }
}
