package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.OutputOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The options of a command for one run, and the name of the run. */
final class NamedRunOptions {
    @Mixin
    private BackfillRunsOptions options;

    @Parameters(paramLabel = "RUN", description = "Name of the run.")
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
