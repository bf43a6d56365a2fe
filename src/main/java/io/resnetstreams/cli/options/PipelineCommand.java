package io.resnetstreams.cli.options;

import io.resnetstreams.common.Folders;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that needs the configuration, with the options that select it. */
public abstract class PipelineCommand extends OutputCommand {
    private static final Path DEFAULT_FILE = Path.of("topology", "pipeline.yaml");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file (default: topology/pipeline.yaml next to the launcher).")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set a configuration key; repeatable. Prefix the properties of Kafka's clients with 'kafka.'.")
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Loads and validates the configuration from all sources. The command's own options take precedence: a configuration key
     * followed by its value for each, null for an option that was not given.
     */
    protected Configuration load(Object... keysAndValues) {
        ConfigurationLoader loader = new ConfigurationLoader();
        Path beside = Folders.resolve(DEFAULT_FILE);
        if (file != null || Files.isRegularFile(beside)) {
            loader.file(file != null ? file : beside);
        }
        loader.environment(System.getenv());
        values.forEach((key, value) -> loader.set(key, value, "--set"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (keysAndValues[i + 1] != null) {
                loader.set(keysAndValues[i].toString(), keysAndValues[i + 1].toString(), "option");
            }
        }
        return loader.load();
    }
}
