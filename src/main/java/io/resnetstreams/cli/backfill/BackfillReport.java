package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.EventSample;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.service.ClassifierSource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Prints the plan of a run with an estimate of its size and duration, and how a run ended, as text and as JSON. */
final class BackfillReport {
    private static final double MEBIBYTE = 1 << 20;

    private BackfillReport() {}

    /** A partition in JSON. */
    record Row(int partition, long from, long to, long events) {}

    /** Reads a sample of the range, measures the throughput with it, and prints the plan. */
    static void plan(
            OutputOptions output,
            KafkaClients clients,
            BackfillPlan plan,
            ClassifierSource.Loaded loaded,
            Double maxRate) {
        EventSample sample = EventSample.read(clients, plan);
        Double rate = rate(sample, loaded, maxRate);
        long events = Math.round(plan.offsets() * sample.eventsPerOffset());
        long bytes = Math.round(plan.offsets() * sample.bytesPerOffset());
        Double seconds = rate == null ? null : events / rate;
        Map<String, Object> summary = summary(plan, "planned");
        summary.put(
                "partitions",
                plan.partitions().stream()
                        .map(range -> new Row(range.partition(), range.from(), range.to(), range.offsets()))
                        .toList());
        summary.put("events", events);
        summary.put("bytes", bytes);
        summary.put("imagesPerSecond", rate == null ? null : Rounding.to(1, rate));
        summary.put("seconds", seconds == null ? null : Rounding.to(1, seconds));
        loaded.selection().addTo(summary);
        output.printJson(summary);
        BackfillParameters parameters = plan.parameters();
        output.println("run '" + plan.run() + "', group " + plan.group());
        plan.partitions()
                .forEach(range -> output.printf(
                        "  %s-%d: offsets %,d to %,d, at most %s%n",
                        parameters.input(),
                        range.partition(),
                        range.from(),
                        range.to(),
                        Text.count(range.offsets(), "event")));
        if (parameters.isByTime()) {
            output.println("all of these offsets are read, since timestamps may be out of order unless the topic has"
                    + " message.timestamp.type=LogAppendTime");
        }
        output.printf(
                "at most %s, of which about %,d are selected; about %,.1f MiB%n",
                Text.count(plan.offsets(), "event"), events, bytes / MEBIBYTE);
        output.println(
                rate == null
                        ? "throughput unknown: the sample has no events"
                        : String.format(
                                "about %,.0f images/s on %s: about %,.0f s with one process",
                                rate, loaded.selection().description(), seconds));
        output.printf(
                "model %s (%s); labels to %s, dead letters to %s%n",
                parameters.model().name(), parameters.model().digest(), parameters.output(), parameters.deadLetters());
    }

    private static Double rate(EventSample sample, ClassifierSource.Loaded loaded, Double maxRate) {
        if (sample.events().isEmpty()) {
            return null;
        }
        try {
            double rate = sample.eventsPerSecond(loaded.classifier());
            return maxRate == null ? rate : Math.min(rate, maxRate);
        } catch (CompletionException e) {
            throw UserErrorException.shortfall("cannot classify a sample of the range: " + Failures.describe(e), e);
        }
    }

    /** Reports a run that this process has finished; returns the exit code. */
    static int finished(
            OutputOptions output, BackfillRun run, PipelineCounts counts, EngineSelector.Selection selection) {
        double perSecond = counts.seconds() == 0 ? 0 : counts.outcomes() / counts.seconds();
        Map<String, Object> summary = summary(run);
        summary.put("processed", counts.outcomes());
        summary.put("imagesPerSecond", Rounding.to(1, perSecond));
        summary.put("meanBatch", Rounding.to(2, counts.meanBatch()));
        summary.put("seconds", Rounding.to(3, counts.seconds()));
        selection.addTo(summary);
        output.printJson(summary);
        print(output, run);
        output.printf(
                "this process: %s in %.1f s, %,.0f images/s on %s%n",
                Text.count(counts.outcomes(), "event"), counts.seconds(), perSecond, selection.description());
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

    private static Map<String, Object> summary(BackfillPlan plan, String state) {
        BackfillParameters parameters = plan.parameters();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("run", plan.run());
        summary.put("state", state);
        summary.put("input", parameters.input());
        summary.put("output", parameters.output());
        summary.put("deadLetterTopic", parameters.deadLetters());
        summary.put("model", parameters.model());
        return summary;
    }

    static Map<String, Object> summary(BackfillRun run) {
        Map<String, Object> summary = summary(run.plan(), run.stateName());
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
                Text.count(result.events(), "event"),
                result.skipped(),
                Text.count(result.labels(), "label"),
                run.plan().parameters().output(),
                Text.count(result.deadLetters(), "dead letter"),
                run.plan().parameters().deadLetters());
        result.examples().forEach((fault, places) -> System.err.println(fault + ": " + places));
        if (!result.isFaultless()) {
            System.err.printf(
                    "%,d lost, %,d duplicate, %,d out of order%n",
                    result.lost(), result.duplicates(), result.outOfOrder());
        }
    }
}
