package io.resnetstreams.backfill;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the rate of events: each event uses its share of time, and while more time is used than has passed, the next event has to
 * wait. Up to a second of unused time is made up for. Thread-safe.
 */
final class RateLimit {
    /** A stream thread may continue later than the limit allows; up to this time is made up for. */
    private static final long MADE_UP_NANOS = Duration.ofSeconds(1).toNanos();

    private final long nanosPerEvent;
    private final LongSupplier nanoTicker;
    private long paidUntilNanos;

    /**
     * Creates a limit with no time used.
     *
     * @param eventsPerSecond greater than 0
     * @param nanoTicker the time in nanoseconds
     */
    RateLimit(double eventsPerSecond, LongSupplier nanoTicker) {
        this.nanosPerEvent = Math.max(1, Math.round(1e9 / eventsPerSecond));
        this.nanoTicker = nanoTicker;
        this.paidUntilNanos = nanoTicker.getAsLong();
    }

    synchronized void consumed() {
        paidUntilNanos = Math.max(paidUntilNanos, nanoTicker.getAsLong() - MADE_UP_NANOS) + nanosPerEvent;
    }

    synchronized boolean isExhausted() {
        return paidUntilNanos > nanoTicker.getAsLong();
    }
}
