package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.cli.options.Count;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.metrics.PipelineCounts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints how a run ended, as text and as JSON. */
final class BackfillReport {
    private BackfillReport() {}

    /** Reports a run that this process has finished; returns the exit code. */
    static int finished(OutputOptions output, BackfillRun run, PipelineCounts counts, String device) {
        double perSecond = counts.seconds() == 0 ? 0 : counts.outcomes() / counts.seconds();
        Map<String, Object> summary = summary(run);
        summary.put("processed", counts.outcomes());
        summary.put("imagesPerSecond", Rounding.to(1, perSecond));
        summary.put("meanBatch", Rounding.to(2, counts.meanBatch()));
        summary.put("seconds", Rounding.to(3, counts.seconds()));
        summary.put("device", device);
        output.printJson(summary);
        print(output, run);
        output.printf(
                "this process: %,d events in %.1f s, %,.0f images/s on %s%n",
                counts.outcomes(), counts.seconds(), perSecond, device);
        return exitCode(run);
    }

    /** Reports a run that ended earlier; returns the exit code. */
    static int alreadyEnded(OutputOptions output, BackfillRun run) {
        if (run.state() == BackfillRun.State.CANCELLED) {
            throw UserErrorException.usage("run '" + run.plan().run() + "' was cancelled at "
                    + Instant.ofEpochMilli(run.endedMillis()) + "; to reuse its name, first run 'backfill clean "
                    + run.plan().run() + "'");
        }
        output.printJson(summary(run));
        output.println("run '" + run.plan().run() + "' finished at " + Instant.ofEpochMilli(run.endedMillis()));
        print(output, run);
        return exitCode(run);
    }

    /** Reports why this process exits before the run has finished; returns the exit code. */
    static int unfinished(OutputOptions output, BackfillPlan plan, String why) {
        output.printJson(Map.of("run", plan.run(), "unfinished", why));
        System.err.println("run '" + plan.run() + "' " + why);
        return 1;
    }

    private static int exitCode(BackfillRun run) {
        return run.result().isFaultless() ? 0 : 1;
    }

    static Map<String, Object> summary(BackfillRun run) {
        BackfillPlan plan = run.plan();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("run", plan.run());
        summary.put("state", run.stateName());
        summary.put("input", plan.parameters().input());
        summary.put("output", plan.parameters().output());
        summary.put("deadLetterTopic", plan.parameters().deadLetters());
        summary.put("model", plan.parameters().model());
        if (run.result() != null) {
            BackfillRun.Result result = run.result();
            summary.put("events", result.events());
            summary.put("skipped", result.skipped());
            summary.put("labels", result.labels());
            summary.put("deadLetters", result.deadLetters());
            summary.put("lost", result.lost());
            summary.put("duplicates", result.duplicates());
            summary.put("outOfOrder", result.outOfOrder());
            summary.put("examples", result.examples());
        }
        return summary;
    }

    static void print(OutputOptions output, BackfillRun run) {
        BackfillRun.Result result = run.result();
        output.printf(
                "run '%s': %s (and %,d skipped), %s on %s, %s on %s%n",
                run.plan().run(),
                Count.of(result.events(), "event"),
                result.skipped(),
                Count.of(result.labels(), "label"),
                run.plan().parameters().output(),
                Count.of(result.deadLetters(), "dead letter"),
                run.plan().parameters().deadLetters());
        result.examples().forEach((fault, places) -> System.err.println(fault + ": " + places));
        if (!result.isFaultless()) {
            System.err.printf(
                    "%,d lost, %,d duplicate, %,d out of order%n",
                    result.lost(), result.duplicates(), result.outOfOrder());
        }
    }
}
