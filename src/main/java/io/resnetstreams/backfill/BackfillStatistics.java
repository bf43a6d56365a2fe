package io.resnetstreams.backfill;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and duration of this process's part of a backfill. Thread-safe. */
public final class BackfillStatistics implements TopologyMetrics {
    private final PipelineCounts counts;
    private final AtomicLong firstNanos = new AtomicLong();
    private volatile long lastNanos;

    public BackfillStatistics(PipelineCounts counts) {
        this.counts = counts;
    }

    @Override
    public void consumed(RawEvent event) {
        if (firstNanos.get() == 0) {
            firstNanos.compareAndSet(0, System.nanoTime());
        }
    }

    @Override
    public void forwarded(RawEvent event, Outcome outcome) {
        counts.forwarded(event, outcome);
    }

    @Override
    public void committed() {
        long before = outcomes();
        counts.committed();
        if (outcomes() > before) {
            lastNanos = System.nanoTime();
        }
    }

    @Override
    public void aborted() {
        counts.aborted();
    }

    /** Returns the number of outcomes that this process has committed. */
    public long outcomes() {
        return counts.labels() + counts.deadLetters();
    }

    /** Returns the mean number of images of a batch. */
    public double meanBatch() {
        return counts.meanBatch();
    }

    /** Returns the seconds from the first event to the last outcome; 0 if there was none. */
    public double seconds() {
        return outcomes() == 0 ? 0 : (lastNanos - firstNanos.get()) / 1e9;
    }

    /** Returns the outcomes a second; 0 if there was none. */
    public double imagesPerSecond() {
        return seconds() == 0 ? 0 : outcomes() / seconds();
    }
}
