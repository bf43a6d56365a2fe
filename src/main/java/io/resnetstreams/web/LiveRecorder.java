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
    private final boolean keepsLabelled;
    private final boolean keepsDead;
    private final RecentOutcomes recent;
    private final Recorder latencies = new Recorder(LONGEST_LATENCY_MILLIS, 2);
    private final ThreadLocal<OutcomeRing> uncommitted = ThreadLocal.withInitial(RecentOutcomes::pending);

    /**
     * Starts to record.
     *
     * @param counts must be told of each commit before this recorder
     * @param keepsLabelled whether the events of labels are kept for a while, for their pictures
     * @param keepsDead whether the events of dead letters are kept for a while, for their payloads and to be resent
     */
    LiveRecorder(InstantSource clock, PipelineCounts counts, boolean keepsLabelled, boolean keepsDead) {
        this.clock = clock;
        this.keepsLabelled = keepsLabelled;
        this.keepsDead = keepsDead;
        this.recent = new RecentOutcomes(clock);
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
        boolean keeps = (outcome instanceof DeadLetter ? keepsDead : keepsLabelled)
                && event.sizeInBytes() <= LARGEST_KEPT_BYTES;
        uncommitted.get().add(new RecentOutcome(event, outcome, keeps));
    }

    private void record(UncommittedOutcomes outcomes) {
        long now = clock.millis();
        outcomes.forEachTimestamp(
                timestamp -> latencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, Math.max(0, now - timestamp))));
        outcomes.deadLettersByKind().forEach(recent::counted);
    }

    @Override
    public void committed() {
        recent.committed(uncommitted.get().removeAll());
    }

    @Override
    public void aborted() {
        uncommitted.get().removeAll();
    }
}
