package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.UserErrorException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a run. */
@Command(
        name = "cancel",
        description =
                "Ends a run for good: its processes notice within a second and end with exit code 1. What is written stays.",
        footer = "%nExample: resnet-streams backfill cancel new")
final class BackfillCancelCommand implements Callable<Integer> {
    @Mixin
    private NamedRunOptions options;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        String name = options.name();
        try (BackfillRuns runs = options.open()) {
            runs.require(name);
            BackfillRun run = runs.change(
                    name, current -> current == null ? null : current.cancelled(System.currentTimeMillis()));
            if (run == null || run.state() == BackfillRun.State.FINISHED) {
                throw UserErrorException.shortfall(
                        "run '" + name + "' had " + (run == null ? "been removed" : "finished") + " before", null);
            }
            output.printJson(BackfillReport.summary(run));
            output.text().println("run '" + name + "' is cancelled");
        }
        return 0;
    }
}
