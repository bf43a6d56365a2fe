package io.resnetstreams.topology;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the wall clock was set, by comparing it with the monotonic one, and says so once for each step. Kafka's
 * clients measure durations by the wall clock: after it was set back, a client that is in use sends no heartbeat, renews no
 * metadata and lets no call time out until the clock has caught up.
 *
 * <p>Threading: thread-safe.
 */
final class ClockSteps {
    /** Less is no harm: sessions are several times as long. */
    static final Duration SMALLEST = Duration.ofSeconds(2);

    /** The clocks can't be read at once; where the thread was interrupted between them, the reading says nothing. */
    private static final long LONGEST_READING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = LoggerFactory.getLogger(ClockSteps.class);

    private final LongSupplier wallMillis;
    private final LongSupplier nanoTicker;
    private long aheadMillis;
    private boolean hasRead;
    private int stepsBack;

    /**
     * Begins with the clocks as they are.
     *
     * @param wallMillis milliseconds since the epoch
     * @param nanoTicker monotonic nanoseconds
     */
    ClockSteps(LongSupplier wallMillis, LongSupplier nanoTicker) {
        this.wallMillis = wallMillis;
        this.nanoTicker = nanoTicker;
        look();
    }

    /** Compares the clocks, and returns how many times the wall clock has been set back so far. */
    synchronized int look() {
        long before = nanoTicker.getAsLong();
        long wall = wallMillis.getAsLong();
        long after = nanoTicker.getAsLong();
        if (after - before > LONGEST_READING_NANOS) {
            return stepsBack;
        }
        long ahead = wall - TimeUnit.NANOSECONDS.toMillis(before);
        long step = ahead - aheadMillis;
        if (!hasRead || Math.abs(step) >= SMALLEST.toMillis()) {
            if (hasRead) {
                tell(step);
            }
            hasRead = true;
            aheadMillis = ahead;
        }
        return stepsBack;
    }

    private void tell(long stepMillis) {
        if (stepMillis < 0) {
            stepsBack++;
            LOG.warn(
                    "The wall clock was set back by {} s. Kafka's clients would stop until it has caught up, so the"
                            + " stream threads are replaced",
                    tenths(-stepMillis));
        } else {
            LOG.warn(
                    "The wall clock is {} s ahead of where it was: it was set, or the machine was suspended. Kafka may"
                            + " take sessions and requests for expired; they are renewed",
                    tenths(stepMillis));
        }
    }

    /** Returns seconds to a tenth: the two clocks are read a moment apart. */
    private static double tenths(long millis) {
        return Math.round(millis / 100.0) / 10.0;
    }
}
