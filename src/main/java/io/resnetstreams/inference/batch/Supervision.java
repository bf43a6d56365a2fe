package io.resnetstreams.inference.batch;

import io.resnetstreams.common.Ranges;
import io.resnetstreams.model.Classifier;
import java.util.function.Supplier;

/**
 * What to do if a device does not return from a call. A thread inside the engine can't be interrupted, so after the timeout
 * the batch is retried once with a new classifier; if that fails too, the device has failed.
 *
 * @param timeoutMillis the longest time for one call
 * @param fresh opens a classifier that shares nothing with those of the workers; it may be slow, throw, or hang
 * @param freshMillis the longest time to open it, in addition to the timeout for its first image
 */
public record Supervision(long timeoutMillis, Supplier<Classifier> fresh, long freshMillis) {
    /** The shortest timeout, in milliseconds. */
    public static final long SHORTEST_TIMEOUT_MILLIS = 100;
    /** The longest timeout, in milliseconds. */
    public static final long LONGEST_TIMEOUT_MILLIS = 3_600_000;

    public Supervision {
        Ranges.require("timeoutMillis", timeoutMillis, SHORTEST_TIMEOUT_MILLIS, LONGEST_TIMEOUT_MILLIS);
    }
}
