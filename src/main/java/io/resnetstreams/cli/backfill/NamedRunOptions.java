package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.OutputOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of a command about one run, and its name. */
final class NamedRunOptions {
    @Mixin
    private BackfillRunsOptions options;

    @Parameters(paramLabel = "RUN", description = "The run's name.")
    private String name;

    OutputOptions output() {
        return options.output();
    }

    BackfillRuns open() {
        return options.open();
    }

    String name() {
        return name;
    }
}
