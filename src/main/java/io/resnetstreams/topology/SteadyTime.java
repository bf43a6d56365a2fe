package io.resnetstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * A clock for Kafka Streams that never goes back: the wall clock's time at its creation, plus the monotonic time since.
 * Kafka Streams only measures durations with it; the timestamps of records come from events. Thread-safe.
 */
final class SteadyTime implements Time {
    private final LongSupplier nanoTicker;
    private final long startMillis;
    private final long startNanos;

    SteadyTime(long wallMillis, LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.startMillis = wallMillis;
        this.startNanos = nanoTicker.getAsLong();
    }

    @Override
    public long milliseconds() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(nanoTicker.getAsLong() - startNanos);
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
