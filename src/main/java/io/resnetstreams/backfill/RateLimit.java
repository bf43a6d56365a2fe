package io.resnetstreams.backfill;

import java.util.function.LongSupplier;

/**
 * Keeps events to a rate by saying when none should be consumed: each event uses up its share of time, and while more is used
 * up than has passed, the next one waits.
 *
 * <p>Threading: any threads.
 */
final class RateLimit {
    private final long nanosPerEvent;
    private final LongSupplier nanoTicker;
    private long paidUntilNanos;

    /**
     * Begins with nothing used up.
     *
     * @param eventsPerSecond greater than 0
     * @param nanoTicker the time in nanoseconds
     */
    RateLimit(double eventsPerSecond, LongSupplier nanoTicker) {
        this.nanosPerEvent = Math.max(1, Math.round(1e9 / eventsPerSecond));
        this.nanoTicker = nanoTicker;
        this.paidUntilNanos = nanoTicker.getAsLong();
    }

    /** An event was consumed. Time that passed unused is not made up for. */
    synchronized void took() {
        paidUntilNanos = Math.max(paidUntilNanos, nanoTicker.getAsLong()) + nanosPerEvent;
    }

    /** Returns whether the next event should wait. */
    synchronized boolean isExhausted() {
        return paidUntilNanos > nanoTicker.getAsLong();
    }
}
