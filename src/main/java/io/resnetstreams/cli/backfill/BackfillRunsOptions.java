package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.BrokerOptions;
import io.resnetstreams.cli.options.OutputOptions;
import picocli.CommandLine.Mixin;

/** The options of a command about runs that exist: where they are kept, and how it prints. */
final class BackfillRunsOptions {
    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions broker;

    OutputOptions output() {
        return output;
    }

    /** Opens the runs of the configured application; a broker that is away is told in one line. */
    BackfillRuns open() {
        return BackfillRuns.open(broker.load());
    }
}
