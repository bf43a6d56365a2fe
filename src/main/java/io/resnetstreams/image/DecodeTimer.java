package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Holds an image's decoding against its limit, in processor time of the thread: that of the clock would reject good
 * images on a busy machine. Native code can't be interrupted, so the limit is noticed when the time is already spent.
 *
 * <p>Threading: an instance belongs to the thread that made it.
 */
final class DecodeTimer {
    /** The processor time of the calling thread in nanoseconds. */
    static final LongSupplier THREAD_TIME = ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;

    private final LongSupplier nanos;
    private final int maxMillis;
    private final long start;

    DecodeTimer(LongSupplier nanos, int maxMillis) {
        this.nanos = nanos;
        this.maxMillis = maxMillis;
        this.start = nanos.getAsLong();
    }

    /** Rejects an image that has taken too long by now. */
    void requireInTime() throws RejectedEventException {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - start);
        if (millis > maxMillis) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "decode_too_long",
                    "decoding took " + millis + " ms of a processor; at most " + maxMillis + " are allowed");
        }
    }
}
