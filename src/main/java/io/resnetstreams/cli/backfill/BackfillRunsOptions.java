package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.BrokerOptions;
import io.resnetstreams.cli.options.OutputOptions;
import picocli.CommandLine.Mixin;

/** The options of a command for existing runs. */
final class BackfillRunsOptions {
    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions broker;

    OutputOptions output() {
        return output;
    }

    /** Opens the runs of the configured application. */
    BackfillRuns open() {
        return BackfillRuns.open(broker.load());
    }
}
