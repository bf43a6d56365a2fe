package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.UserErrorException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Cancels a run. */
@Command(
        name = "cancel",
        description = {
            "Cancel a run.",
            "",
            "Its processes exit within about a second, with exit code 1. The run can't be resumed; its output"
                    + " remains."
        },
        footer = {"", "Example:", "  resnet-streams backfill cancel new"})
final class BackfillCancelCommand implements Callable<Integer> {
    @Mixin
    private BackfillRunsOptions options;

    @Parameters(paramLabel = "RUN", description = "Name of the run.")
    private String name;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        try (BackfillRuns runs = options.open()) {
            runs.require(name);
            BackfillRun run = runs.store()
                    .change(name, current -> current == null ? null : current.cancelled(System.currentTimeMillis()));
            if (run == null || run.state() == BackfillRun.State.FINISHED) {
                throw UserErrorException.shortfall(
                        "run '" + name + "' has already " + (run == null ? "been removed" : "finished"), null);
            }
            output.printJson(BackfillReport.summary(run));
            output.println("run '" + name + "' is cancelled");
        }
        return 0;
    }
}
