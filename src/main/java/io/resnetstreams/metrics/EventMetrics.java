package io.resnetstreams.metrics;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.resnetstreams.events.SourcePosition;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/** The metrics of events and their outcomes, which count once they are committed. Thread-safe. */
final class EventMetrics {
    private static final double[] UPPER_BOUNDS = {
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600
    };

    /** OpenMetrics limits an exemplar to 128 characters, including the label names. */
    private static final int LONGEST_POSITION = 100;

    private final InstantSource clock;
    private final Counter deadLetters;
    private final DistributionDataPoint endToEnd;

    EventMetrics(PrometheusRegistry registry, InstantSource clock, PipelineCounts counts) {
        this.clock = clock;
        MetricRegistration metrics = new MetricRegistration(registry);
        metrics.counter(
                "events_total",
                "The total number of events whose outcome was committed.",
                counter -> {
                    counter.call(counts.labels(), "label");
                    counter.call(counts.deadLetters(), "dead_letter");
                },
                "outcome");
        deadLetters = Counter.builder()
                .name(MetricRegistration.PREFIX + "dead_letters_total")
                .help("The total number of committed dead letters, by stage and code.")
                .labelNames("stage", "code")
                .register(registry);
        endToEnd = metrics.histogram(
                "end_to_end_seconds",
                "The time from the timestamp of an event to the commit of its outcome, in seconds.",
                UPPER_BOUNDS);
        metrics.counter(
                "input_bytes_total",
                "The total number of bytes in the keys and values of consumed events. "
                        + "Events that are consumed again after a failure count again.",
                counter -> counter.call(counts.inputBytes()));
        metrics.counter(
                "input_gaps_total",
                "The total number of times that the position of a partition did not exist on the input topic.",
                counter -> counter.call(counts.gaps()));
        metrics.counter(
                "input_gap_events_total",
                "The maximum number of events that were deleted from the input topic before they were processed, "
                        + "counted as offsets.",
                counter -> counter.call(counts.gapEvents()));
        counts.onCommit(this::committed);
    }

    private void committed(UncommittedOutcomes outcomes) {
        long now = clock.millis();
        SourcePosition oldest = outcomes.oldest();
        endToEnd.observeWithExemplar(seconds(now, oldest.timestamp()), Labels.of("position", position(oldest)));
        AtomicBoolean oldestIsObserved = new AtomicBoolean();
        outcomes.forEachTimestamp(timestamp -> {
            if (timestamp != oldest.timestamp() || oldestIsObserved.getAndSet(true)) {
                endToEnd.observe(seconds(now, timestamp));
            }
        });
        // Stages and codes are words of the pipeline; no label value comes from an event.
        outcomes.deadLettersByKind()
                .forEach((kind, count) ->
                        deadLetters.labelValues(kind.stage(), kind.code()).inc(count));
    }

    /** The clock of a producer may be ahead. */
    private static double seconds(long now, long timestamp) {
        return Math.max(0, now - timestamp) / 1e3;
    }

    private static String position(SourcePosition source) {
        String position = source.toString();
        int surplus = position.length() - LONGEST_POSITION;
        return surplus > 0 ? position.substring(surplus) : position;
    }
}
