package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps events to a rate by saying when none should be consumed: each event uses up its share of time, and while more is used
 * up than has passed, the next one waits. Unused time is made up for, but no more than a second of it.
 *
 * <p>Threading: any threads.
 */
final class RateLimit {
    /** A stream thread looks again some time after an event could be taken; so much of that time is made up for. */
    private static final long MADE_UP_NANOS = Duration.ofSeconds(1).toNanos();

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

    /** An event was consumed. */
    synchronized void took() {
        paidUntilNanos = Math.max(paidUntilNanos, nanoTicker.getAsLong() - MADE_UP_NANOS) + nanosPerEvent;
    }

    /** Returns whether the next event should wait. */
    synchronized boolean isExhausted() {
        return paidUntilNanos > nanoTicker.getAsLong();
    }
}
