package io.resnetstreams.inference;

import io.resnetstreams.inference.BatchPolicy.ClosedBy;

/** What inference tells about its work. Called from decode and device threads at once. */
public interface InferenceMetrics {
    InferenceMetrics NONE = new InferenceMetrics() {};

    /** An event was read and its image decoded; alert when this takes longer than the device's share of an image. */
    default void decoded(long nanos) {}

    /**
     * The device classified a batch.
     *
     * @param oldestWaitNanos how long its oldest image had waited in the queue; it grows where the device is the limit
     */
    default void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {}

    /**
     * The device classified a batch, told right after {@link #batch}: from queued until it began with them, the batch's
     * images waited so long in all. It began when it got the batch, or when it had ended the one before.
     */
    default void waited(int images, long nanos) {}

    /** The device ran out of memory and now takes batches of at most this size; alert when it recurs. */
    default void outOfMemory(String device, int newCeiling) {}

    /** After full batches that fitted, the device takes larger ones again, of at most this size. */
    default void ceilingRaised(String device, int newCeiling) {}

    /** The device is broken and gets no more images until the process ends; alert on it. */
    default void deviceFailed(String device) {}
}
