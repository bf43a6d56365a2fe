package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * For how long an instance should have committed outcomes, and has not.
 *
 * <p>Threading: one thread looks; any may ask.
 */
final class StallWatch {
    /** Partitions take seconds to move; for so long nobody is expected to make progress meanwhile. */
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
     * Takes notice of the state. While partitions move nobody makes progress; that time does not count, unless it does not
     * end. Before and after it time goes on, so that rebalances one after another are no progress either.
     *
     * @return whether it is such a time; else {@link #look} is to be called
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
     * Takes notice of the present.
     *
     * @param shouldProgress whether events wait and nothing outside the instance keeps it from them
     * @param committed outcomes committed so far
     */
    synchronized void look(boolean shouldProgress, long committed) {
        lookNanos = nanoTicker.getAsLong();
        if (!shouldProgress || !waiting || committed != committedBefore) {
            sinceNanos = lookNanos;
        }
        waiting = shouldProgress;
        committedBefore = committed;
    }

    /** Returns since when events have waited without any outcome; zero while there is progress, or nothing to do. */
    synchronized Duration stalledFor() {
        return waiting ? Duration.ofNanos(nanoTicker.getAsLong() - sinceNanos) : Duration.ZERO;
    }
}
