package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.Names.PREFIX;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;

/**
 * The metrics of events and their outcomes. Outcomes count once they are committed, since consumers cannot see them before.
 *
 * <p>Threading: thread-safe.
 */
final class EventMetrics implements TopologyMetrics {
    private static final double[] UPPER_BOUNDS = {
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600
    };

    /** OpenMetrics limits an exemplar to 128 characters, including the label names. */
    private static final int LONGEST_POSITION = 100;

    private final InstantSource clock;
    private final Counter deadLetters;
    private final DistributionDataPoint endToEnd;
    private final CounterDataPoint inputBytes;
    private final CounterDataPoint gaps;
    private final CounterDataPoint gapEvents;

    EventMetrics(PrometheusRegistry registry, InstantSource clock, PipelineCounts counts) {
        this.clock = clock;
        CounterWithCallback.builder()
                .name(PREFIX + "events_total")
                .help("Events whose outcome was committed.")
                .labelNames("outcome")
                .callback(counter -> {
                    counter.call(counts.labels(), "label");
                    counter.call(counts.deadLetters(), "dead_letter");
                })
                .register(registry);
        deadLetters = Counter.builder()
                .name(PREFIX + "dead_letters_total")
                .help("Dead letters that were committed, by the stage that found the event unfit, and why.")
                .labelNames("stage", "code")
                .register(registry);
        endToEnd = Histogram.builder()
                .name(PREFIX + "end_to_end_seconds")
                .help("Time from an event's timestamp to the commit of its outcome, in seconds.")
                .classicOnly()
                .classicUpperBounds(UPPER_BOUNDS)
                .withExemplars()
                .register(registry);
        inputBytes = Counter.builder()
                .name(PREFIX + "input_bytes_total")
                .help(
                        "Bytes of the keys and values of consumed events; those consumed again after a failure count again.")
                .register(registry);
        gaps = Counter.builder()
                .name(PREFIX + "input_gaps_total")
                .help("Times that the position of a partition was no longer on the input topic.")
                .register(registry);
        gapEvents = Counter.builder()
                .name(PREFIX + "input_gap_events_total")
                .help("Events deleted from the input topic before they were processed, at most: offsets are counted.")
                .register(registry);
        counts.onCommit(this::committed);
    }

    @Override
    public void gap(TopicPartition partition, long events) {
        gaps.inc();
        gapEvents.inc(events);
    }

    @Override
    public void consumed(RawEvent event) {
        inputBytes.inc(length(event.key()) + length(event.value()));
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
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
