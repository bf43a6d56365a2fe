package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Measures how long an instance has committed no outcome although events wait.
 *
 * <p>Threading: one thread updates it; any thread may read.
 */
final class StallWatch {
    /** A rebalance takes seconds; up to this time, no progress is expected during a rebalance. */
    static final Duration LONGEST_REBALANCE = Duration.ofMinutes(1);

    private final LongSupplier nanoTicker;
    private long committedBefore;
    private boolean rebalancing;
    private long rebalancingSinceNanos;
    private boolean waiting;
    private long sinceNanos;
    private long lookNanos;

    StallWatch(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /**
     * Updates the state. The time of a rebalance does not count as time without progress, unless the rebalance takes too
     * long. The time between rebalances counts, so that repeated rebalances are detected.
     *
     * @return whether the time does not count; otherwise {@link #look} is to be called
     */
    synchronized boolean isExcused(KafkaStreams.State state) {
        long now = nanoTicker.getAsLong();
        boolean before = rebalancing;
        rebalancing = state == KafkaStreams.State.REBALANCING;
        if (!rebalancing || !before) {
            rebalancingSinceNanos = now;
        }
        boolean isExcused = rebalancing && now - rebalancingSinceNanos < LONGEST_REBALANCE.toNanos();
        if (isExcused) {
            sinceNanos += now - lookNanos;
            lookNanos = now;
        }
        return isExcused;
    }

    /**
     * Updates the progress.
     *
     * @param shouldProgress whether events wait and nothing outside the instance prevents their processing
     * @param committed the number of committed outcomes
     */
    synchronized void look(boolean shouldProgress, long committed) {
        lookNanos = nanoTicker.getAsLong();
        if (!shouldProgress || !waiting || committed != committedBefore) {
            sinceNanos = lookNanos;
        }
        waiting = shouldProgress;
        committedBefore = committed;
    }

    /** Returns how long events have waited without progress; zero while there is progress, or no event waits. */
    synchronized Duration stalledFor() {
        return waiting ? Duration.ofNanos(nanoTicker.getAsLong() - sinceNanos) : Duration.ZERO;
    }
}
