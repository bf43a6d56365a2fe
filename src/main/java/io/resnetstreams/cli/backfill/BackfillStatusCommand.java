package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.backfill.DeadLetterCounter;
import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.kafka.KafkaClients;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the progress of a run. */
@Command(
        name = "status",
        description = "Show the progress of a run, according to the committed offsets of its group.",
        footer = {"", "Example:", "  resnet-streams backfill status new"})
final class BackfillStatusCommand implements Callable<Integer> {
    @Mixin
    private BackfillRunsOptions options;

    @Parameters(paramLabel = "RUN", description = "Name of the run.")
    private String name;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        try (BackfillRuns runs = options.open()) {
            BackfillRun run = runs.require(name);
            Progress progress = runs.progress(run);
            Map<String, Object> summary = BackfillReport.summary(run);
            summary.put("done", progress.done());
            summary.put("total", progress.total());
            summary.put("partitionsDone", progress.partitionsDone());
            summary.put("partitions", progress.partitions());
            summary.put("members", runs.members(run));
            summary.putIfAbsent("deadLetters", deadLetters(runs.clients(), run));
            output.printJson(summary);
            print(output, run, progress, summary);
        }
        return 0;
    }

    private static long deadLetters(KafkaClients clients, BackfillRun run) {
        try (DeadLetterCounter counter = new DeadLetterCounter(clients, run.plan())) {
            return counter.countAll();
        }
    }

    private static void print(OutputOptions output, BackfillRun run, Progress progress, Map<String, Object> summary) {
        output.printf(
                "run '%s' is %s: %,d of %,d offsets, %d of %d partitions, %,d dead letters; members of group %s: %d%n",
                run.plan().run(),
                run.stateName(),
                progress.done(),
                progress.total(),
                progress.partitionsDone(),
                progress.partitions(),
                (Long) summary.get("deadLetters"),
                run.plan().group(),
                (Integer) summary.get("members"));
        BackfillParameters parameters = run.plan().parameters();
        output.printf(
                "%s from %s to %s, with %s, to %s and %s%n",
                parameters.input(),
                parameters.from(),
                parameters.to(),
                parameters.model().name(),
                parameters.output(),
                parameters.deadLetters());
        if (run.result() != null) {
            BackfillReport.print(output, run);
        }
    }
}
