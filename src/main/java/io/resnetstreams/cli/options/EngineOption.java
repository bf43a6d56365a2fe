package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.model.network.EngineName;
import picocli.CommandLine.Option;

/** The option for the engine that runs a network. */
public final class EngineOption {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description =
                    "Engine: mxnet, onnxruntime or auto (default: that of the configuration; auto for commands that read"
                            + " none).")
    private String name;

    /** Returns the value for the configuration key {@code engine}; null if the option was not given. */
    public String setting() {
        return name;
    }

    /** Returns the named engine; for {@code auto}, the first that has a library for this machine. */
    public EngineName engine() {
        try {
            return EngineSelector.available(name == null ? EngineSelector.AUTO : name);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage("--engine: " + e.getMessage(), e);
        }
    }
}
