package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.EventSample;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.service.ClassifierSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Prints the plan of a run, with an estimate of its size and duration. */
final class BackfillPlanReport {
    private static final double MEBIBYTE = 1 << 20;

    private BackfillPlanReport() {}

    /** A partition in JSON. */
    record Row(int partition, long from, long to, long events) {}

    /** Reads a sample of the range, measures the throughput with it, and prints the plan. */
    static void print(
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
        output.printJson(summary(plan, events, bytes, rate, seconds, loaded.device()));
        BackfillParameters parameters = plan.parameters();
        output.println("run '" + plan.run() + "', group " + plan.group());
        plan.partitions()
                .forEach(range -> output.printf(
                        "  %s-%d: offsets %,d to %,d, at most %,d events%n",
                        parameters.input(), range.partition(), range.from(), range.to(), range.offsets()));
        if (parameters.isByTime()) {
            output.println("all of these offsets are read, since timestamps may be out of order unless the topic has"
                    + " message.timestamp.type=LogAppendTime");
        }
        output.printf(
                "at most %,d events, of which about %,d are selected; about %,.1f MiB%n",
                plan.offsets(), events, bytes / MEBIBYTE);
        output.println(
                rate == null
                        ? "throughput unknown: the sample has no events"
                        : String.format(
                                "about %,.0f images/s on %s: about %,.0f s with one process",
                                rate, loaded.device(), seconds));
        output.printf(
                "model %s (%s); labels to %s, dead letters to %s%n",
                parameters.model().name(), parameters.model().digest(), parameters.output(), parameters.deadLetters());
        output.text().flush();
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

    private static Map<String, Object> summary(
            BackfillPlan plan, long events, long bytes, Double rate, Double seconds, String device) {
        List<Row> partitions = plan.partitions().stream()
                .map(range -> new Row(range.partition(), range.from(), range.to(), range.offsets()))
                .toList();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("run", plan.run());
        summary.put("state", "planned");
        summary.put("input", plan.parameters().input());
        summary.put("output", plan.parameters().output());
        summary.put("deadLetterTopic", plan.parameters().deadLetters());
        summary.put("model", plan.parameters().model());
        summary.put("partitions", partitions);
        summary.put("events", events);
        summary.put("bytes", bytes);
        summary.put("imagesPerSecond", rate == null ? null : Rounding.to(1, rate));
        summary.put("seconds", seconds == null ? null : Rounding.to(1, seconds));
        summary.put("device", device);
        return summary;
    }
}
