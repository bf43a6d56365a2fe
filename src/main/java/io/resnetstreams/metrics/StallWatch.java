package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long an instance should have committed outcomes, and has not.
 *
 * <p>Threading: one thread looks; any may ask.
 */
final class StallWatch {
    private final LongSupplier nanoTicker;
    private long committedBefore;
    private boolean waiting;
    private long sinceNanos;

    StallWatch(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /**
     * Takes notice of the present.
     *
     * @param shouldProgress whether events wait and nothing outside the instance keeps it from them
     * @param committed outcomes committed so far
     */
    synchronized void look(boolean shouldProgress, long committed) {
        if (!shouldProgress || !waiting || committed != committedBefore) {
            sinceNanos = nanoTicker.getAsLong();
        }
        waiting = shouldProgress;
        committedBefore = committed;
    }

    /** Returns since when events have waited without any outcome; zero while there is progress, or nothing to do. */
    synchronized Duration stalledFor() {
        return waiting ? Duration.ofNanos(nanoTicker.getAsLong() - sinceNanos) : Duration.ZERO;
    }
}
