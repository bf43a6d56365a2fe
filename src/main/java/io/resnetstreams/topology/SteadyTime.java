package io.resnetstreams.topology;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * A clock for Kafka Streams that never goes back: the wall clock's time when it was made, plus the monotonic time since. By
 * the wall clock Kafka Streams would neither commit nor punctuate until a clock that was set back has caught up. Kafka
 * Streams measures durations with it; timestamps of records come from events.
 *
 * <p>Threading: thread-safe.
 */
final class SteadyTime implements Time {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoTicker;
    private final long startMillis;
    private final long startNanos;

    /**
     * Starts with the present.
     *
     * @param wallMillis the present in milliseconds since the epoch
     * @param nanoTicker monotonic nanoseconds, as {@link System#nanoTime} tells them
     */
    SteadyTime(long wallMillis, LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.startMillis = wallMillis;
        this.startNanos = nanoTicker.getAsLong();
    }

    @Override
    public long milliseconds() {
        return startMillis + (nanoTicker.getAsLong() - startNanos) / NANOS_PER_MILLI;
    }

    @Override
    public long nanoseconds() {
        return nanoTicker.getAsLong();
    }

    @Override
    public void sleep(long millis) {
        SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object monitor, Supplier<Boolean> condition, long deadlineMillis)
            throws InterruptedException {
        synchronized (monitor) {
            while (!condition.get()) {
                long left = deadlineMillis - milliseconds();
                if (left <= 0) {
                    throw new org.apache.kafka.common.errors.TimeoutException(
                            "the condition was not met before the deadline");
                }
                monitor.wait(left);
            }
        }
    }
}
