package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.Names.PREFIX;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts events and their outcomes. Outcomes count when they are committed, since nobody sees them before.
 *
 * <p>Threading: thread-safe; each stream thread has its own uncommitted outcomes.
 */
final class EventMetrics implements TopologyMetrics {
    private static final double[] UPPER_BOUNDS = {
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600
    };

    /** OpenMetrics allows an exemplar 128 characters, names included. */
    private static final int LONGEST_POSITION = 100;

    private final InstantSource clock;
    private final CounterDataPoint labels;
    private final CounterDataPoint deadLetters;
    private final Counter deadLettersByCode;
    private final DistributionDataPoint endToEnd;
    private final CounterDataPoint inputBytes;
    private final CounterDataPoint gaps;
    private final CounterDataPoint gapEvents;
    private final LongAdder committed = new LongAdder();
    private final Map<Thread, Uncommitted> byThread = new ConcurrentHashMap<>();
    private final ThreadLocal<Uncommitted> uncommitted = ThreadLocal.withInitial(() -> {
        Uncommitted mine = new Uncommitted();
        byThread.put(Thread.currentThread(), mine);
        return mine;
    });

    EventMetrics(PrometheusRegistry registry, InstantSource clock) {
        this.clock = clock;
        Counter events = Counter.builder()
                .name(PREFIX + "events_total")
                .help("Events whose outcome was committed.")
                .labelNames("outcome")
                .register(registry);
        labels = events.labelValues("label");
        deadLetters = events.labelValues("dead_letter");
        deadLettersByCode = Counter.builder()
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

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        // Stages and codes are words of the pipeline itself; nothing of the event becomes a label.
        CounterDataPoint counter = outcome instanceof DeadLetter dead
                ? deadLettersByCode.labelValues(dead.stage().wireName(), dead.code())
                : null;
        uncommitted.get().add(event.source(), counter);
    }

    @Override
    public void committed() {
        Uncommitted mine = uncommitted.get();
        int events = mine.events();
        if (events == 0) {
            return;
        }
        long now = clock.millis();
        SourcePosition oldest = mine.oldest();
        endToEnd.observeWithExemplar(seconds(now, oldest.timestamp()), Labels.of("position", position(oldest)));
        boolean oldestIsCounted = false;
        for (int i = 0; i < events; i++) {
            if (!oldestIsCounted && mine.timestamp(i) == oldest.timestamp()) {
                oldestIsCounted = true;
            } else {
                endToEnd.observe(seconds(now, mine.timestamp(i)));
            }
        }
        mine.deadLetters().forEach(CounterDataPoint::inc);
        deadLetters.inc(mine.deadLetters().size());
        labels.inc(events - mine.deadLetters().size());
        committed.add(events);
        mine.clear();
    }

    @Override
    public void aborted() {
        uncommitted.get().clear();
    }

    /** A producer's clock may be ahead. */
    private static double seconds(long now, long timestamp) {
        return Math.max(0, now - timestamp) / 1e3;
    }

    private static String position(SourcePosition source) {
        String position = source.toString();
        int surplus = position.length() - LONGEST_POSITION;
        return surplus > 0 ? position.substring(surplus) : position;
    }

    /** Returns how many outcomes were committed so far. */
    long committedEvents() {
        return committed.sum();
    }

    /** Returns the least timestamp among outcomes that wait for their commit, in milliseconds since the epoch. */
    OptionalLong oldestUncommitted() {
        // What a thread that has ended left is done again by another.
        byThread.keySet().removeIf(thread -> !thread.isAlive());
        return byThread.values().stream()
                .mapToLong(Uncommitted::oldestTimestamp)
                .filter(timestamp -> timestamp != Uncommitted.NONE)
                .min();
    }
}
