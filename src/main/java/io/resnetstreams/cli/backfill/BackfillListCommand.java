package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillRuns;
import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.cli.options.OutputOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the runs. */
@Command(
        name = "list",
        description = "List all runs of the application with their progress.",
        footer = {"", "Example:", "  resnet-streams backfill list"})
final class BackfillListCommand implements Callable<Integer> {
    @Mixin
    private BackfillRunsOptions options;

    @Override
    public Integer call() {
        OutputOptions output = options.output();
        List<Map<String, Object>> rows = new ArrayList<>();
        try (BackfillRuns runs = options.open()) {
            for (BackfillRun run : runs.store().runs().values()) {
                Progress progress = runs.progress(run);
                Map<String, Object> row = BackfillReport.summary(run);
                row.put(
                        "created",
                        Instant.ofEpochMilli(run.plan().createdMillis()).toString());
                row.put("done", progress.done());
                row.put("total", progress.total());
                rows.add(row);
                output.printf(
                        "%-24s %-10s %,12d of %,12d  %s -> %s  %s%n",
                        run.plan().run(),
                        run.stateName(),
                        progress.done(),
                        progress.total(),
                        run.plan().parameters().input(),
                        run.plan().parameters().output(),
                        row.get("created"));
            }
        }
        output.printJson(Map.of("runs", rows));
        output.println("runs: " + rows.size());
        return 0;
    }
}
