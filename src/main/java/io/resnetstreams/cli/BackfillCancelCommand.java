package io.resnetstreams.cli;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.RunStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a run. */
@Command(
        name = "cancel",
        description =
                "Ends a run for good: its processes notice within a second and end with exit code 1. What is written stays.",
        footer = "%nExample: resnet-streams backfill cancel new")
final class BackfillCancelCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions options;

    @Parameters(paramLabel = "RUN", description = "The run's name.")
    private String name;

    @Override
    public Integer call() {
        Configuration configuration = options.load();
        KafkaClients clients = new KafkaClients(configuration);
        try (RunStore store = BackfillRuns.open(configuration, clients)) {
            new BackfillRuns(clients, store).require(name);
            BackfillRun run = store.change(
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
