package io.resnetstreams.topology;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects and logs changes of the wall clock, which it compares with the monotonic clock. Kafka's clients measure
 * durations with the wall clock: after it was set back, a client in use sends no heartbeats, refreshes no metadata and
 * lets no call time out until the clock has caught up. Thread-safe.
 */
final class ClockSteps {
    /** Smaller changes are ignored: session timeouts are several times longer. */
    static final Duration SMALLEST = Duration.ofSeconds(2);

    /** The clocks are read one after the other; if the thread was descheduled in between, the reading is ignored. */
    private static final long LONGEST_READING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(ClockSteps.class);

    private final LongSupplier wallMillis;
    private final LongSupplier nanoTicker;
    /** How far the wall clock is ahead of the ticker; null before the first reading. */
    private Long aheadMillis;

    private int stepsBack;

    ClockSteps(LongSupplier wallMillis, LongSupplier nanoTicker) {
        this.wallMillis = wallMillis;
        this.nanoTicker = nanoTicker;
        look();
    }

    /** Compares the clocks, and returns how often the wall clock has been set back so far. */
    synchronized int look() {
        long before = nanoTicker.getAsLong();
        long wall = wallMillis.getAsLong();
        long after = nanoTicker.getAsLong();
        if (after - before > LONGEST_READING_NANOS) {
            return stepsBack;
        }
        long ahead = wall - TimeUnit.NANOSECONDS.toMillis(before);
        if (aheadMillis == null) {
            aheadMillis = ahead;
        } else if (Math.abs(ahead - aheadMillis) >= SMALLEST.toMillis()) {
            log(ahead - aheadMillis);
            aheadMillis = ahead;
        }
        return stepsBack;
    }

    private void log(long stepMillis) {
        if (stepMillis < 0) {
            stepsBack++;
            LOG.warn(
                    "The wall clock was set back by {} s. Kafka's clients would stop until it has caught up, so the"
                            + " stream threads are replaced",
                    seconds(-stepMillis));
        } else {
            LOG.warn(
                    "The wall clock has moved forward by {} s: it was set, or the machine was suspended. Kafka may"
                            + " expire sessions and requests; they are renewed",
                    seconds(stepMillis));
        }
    }

    /** Converts milliseconds to seconds with one decimal: a more exact figure would not be accurate. */
    private static double seconds(long millis) {
        return Math.round(millis / 100.0) / 10.0;
    }
}
