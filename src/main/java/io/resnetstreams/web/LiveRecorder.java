package io.resnetstreams.web;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.metrics.UncommittedOutcomes;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Keeps the latest committed outcomes and their latencies for the page.
 *
 * <p>Threading: thread-safe; each stream thread has its own uncommitted outcomes.
 */
final class LiveRecorder implements TopologyMetrics {
    private static final long LONGEST_LATENCY_MILLIS = TimeUnit.HOURS.toMillis(24);
    /** A larger event is not kept: a browser could not display it in reasonable time. */
    private static final long LARGEST_KEPT_BYTES = 1 << 20;

    private final InstantSource clock;
    private final PageFacts facts;
    private final RecentOutcomes recent;
    private final Recorder latencies = new Recorder(LONGEST_LATENCY_MILLIS, 2);
    private final ThreadLocal<OutcomeRing> uncommitted = ThreadLocal.withInitial(RecentOutcomes::pending);

    /** Starts to record what the counts pass on. Events are kept as long as the page may show them. */
    LiveRecorder(InstantSource clock, PipelineCounts counts, PageFacts facts) {
        this.clock = clock;
        this.facts = facts;
        this.recent = new RecentOutcomes(clock);
        counts.passOnTo(this);
        counts.onCommit(this::record);
    }

    RecentOutcomes recent() {
        return recent;
    }

    /** Returns the latencies since the last call; for one thread. */
    Histogram latencies() {
        return latencies.getIntervalHistogram();
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        boolean isShown = outcome instanceof DeadLetter ? facts.payloads() : facts.pictures();
        uncommitted.get().add(new RecentOutcome(event, outcome, isShown && event.sizeInBytes() <= LARGEST_KEPT_BYTES));
    }

    private void record(UncommittedOutcomes outcomes) {
        long now = clock.millis();
        outcomes.forEachTimestamp(
                timestamp -> latencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, Math.max(0, now - timestamp))));
        recent.committed(uncommitted.get().removeAll(), outcomes.deadLettersByKind());
    }

    @Override
    public void aborted() {
        uncommitted.get().removeAll();
    }
}
