package io.resnetstreams.inference.batch;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;

/** Receives measurements from inference. Called concurrently by decode and device threads. */
public interface InferenceMetrics {
    /** Discards everything. */
    InferenceMetrics NONE = new InferenceMetrics() {};

    /**
     * A model was loaded onto a device and has classified blank images.
     *
     * @param workers the number of batches that the device runs concurrently
     * @param largestBatch the maximum batch size, in images
     * @param imagesPerSecond the throughput of one worker at its best batch size
     */
    default void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {}

    /** An event was read and its image decoded; alert if this takes longer than the device needs for an image. */
    default void decoded(long nanos) {}

    /** A worker of the device started a batch; either {@link #batch} or {@link #abandoned} follows. */
    default void began(String device) {}

    /** A started batch was taken from its worker, because the worker hangs or the device is broken. */
    default void abandoned(String device) {}

    /** The number of workers of the device has changed, since some of them were retired. */
    default void workers(String device, int workers) {}

    /** The device classified a batch; the longest wait in the queue grows if the device is the bottleneck. */
    default void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {}

    /**
     * Called for each image of a batch after {@link #batch}, with the time from when the image was queued until the device
     * started the batch: when the device got it, or when it had finished the previous one.
     */
    default void waited(long nanos) {}

    /** The device ran out of memory, and the maximum batch size is reduced; alert if it recurs. */
    default void outOfMemory(String device, int newCeiling) {}

    /** After full batches that fitted, the maximum batch size is increased again. */
    default void ceilingRaised(String device, int newCeiling) {}

    /** The device has failed and gets no more images until the process ends; alert on it. */
    default void deviceFailed(String device) {}
}
