package io.resnetstreams.fetch;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** The pauses between the attempts of a fetch: exponential, with jitter. Immutable. */
final class RetryDelays {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 10_000;

    private final long limitMillis;
    private final DoubleSupplier random;

    /**
     * Creates the pauses.
     *
     * @param limitMillis the time for which a fetch is retried; no pause is longer
     * @param random numbers from 0 to 1
     */
    RetryDelays(long limitMillis, DoubleSupplier random) {
        this.limitMillis = limitMillis;
        this.random = random;
    }

    /** Returns whether a fetch that has failed for this long has been retried long enough. */
    boolean isOver(long failingNanos) {
        return failingNanos >= TimeUnit.MILLISECONDS.toNanos(limitMillis);
    }

    /**
     * Returns the next pause in milliseconds. Within the limit, it ends at the limit at the latest, for a last attempt.
     *
     * @param failures the number of failed attempts, from 1
     * @param failingNanos the time since the first failure
     * @param retryAfterMillis the time for which the store asks to wait, or 0
     */
    long next(int failures, long failingNanos, long retryAfterMillis) {
        long ceiling = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, 10));
        long jittered = (long) (ceiling * (0.5 + random.getAsDouble() / 2));
        long remaining = limitMillis - TimeUnit.NANOSECONDS.toMillis(failingNanos);
        long most = remaining > 0 ? remaining : Math.max(limitMillis, FIRST_MILLIS);
        return Math.min(Math.max(jittered, retryAfterMillis), most);
    }
}
