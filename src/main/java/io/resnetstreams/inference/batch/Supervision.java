package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import java.util.function.Supplier;

/**
 * What is done where a device does not come back from a call. A thread inside the engine can't be interrupted, so after the
 * time-out a fresh classifier is tried, once; if that fails too, the device has failed.
 *
 * @param timeoutMillis how long one call may take
 * @param fresh opens a classifier that shares nothing with those of the workers; may take its time, throw, or hang
 * @param freshMillis how long opening it may take, besides the time-out for its first image
 */
public record Supervision(long timeoutMillis, Supplier<Classifier> fresh, long freshMillis) {
    public static final long SHORTEST_TIMEOUT_MILLIS = 100;
    public static final long LONGEST_TIMEOUT_MILLIS = 3_600_000;

    public Supervision {
        if (timeoutMillis < SHORTEST_TIMEOUT_MILLIS || timeoutMillis > LONGEST_TIMEOUT_MILLIS) {
            throw new IllegalArgumentException("timeoutMillis is " + timeoutMillis + "; allowed are "
                    + SHORTEST_TIMEOUT_MILLIS + " to " + LONGEST_TIMEOUT_MILLIS);
        }
    }
}
