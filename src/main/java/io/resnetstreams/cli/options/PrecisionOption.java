package io.resnetstreams.cli.options;

import picocli.CommandLine.Option;

/** The option for the precision that a network is run in. */
public final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "MODE",
            description = "Precision: model, that of the model directory, or auto, the fastest one with the same labels"
                    + " (default: precision.mode of the configuration).")
    private String mode;

    /** Returns the value for the configuration key {@code precision.mode}; null if the option was not given. */
    public String mode() {
        return mode;
    }
}
