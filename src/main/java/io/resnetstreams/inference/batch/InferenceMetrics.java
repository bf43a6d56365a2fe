package io.resnetstreams.inference.batch;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;

/** What inference tells about its work. Called from decode and device threads at once. */
public interface InferenceMetrics {
    InferenceMetrics NONE = new InferenceMetrics() {};

    /**
     * A model was loaded to a device and classified blank images there.
     *
     * @param workers how many batches it works on at once
     * @param largestBatch images
     * @param imagesPerSecond of one worker, at its best batch size
     */
    default void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {}

    /** An event was read and its image decoded; alert when this takes longer than the device's share of an image. */
    default void decoded(long nanos) {}

    /** A worker of the device got a batch; {@link #batch} or {@link #abandoned} follows, once. */
    default void began(String device) {}

    /** A batch that was begun was taken from its worker, which hangs or whose device is broken; no {@link #batch} follows. */
    default void abandoned(String device) {}

    /** The device has another number of workers from now on, since some of them were given up. */
    default void workers(String device, int workers) {}

    /**
     * The device classified a batch.
     *
     * @param oldestWaitNanos how long its oldest image had waited in the queue; it grows where the device is the limit
     */
    default void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {}

    /**
     * Told for each image of a batch right after {@link #batch}: it waited so long from when it was queued until the device
     * began with it. The device began when it got the batch, or when it had ended the one before.
     */
    default void waited(long nanos) {}

    /** The device ran out of memory and now takes batches of at most this size; alert when it recurs. */
    default void outOfMemory(String device, int newCeiling) {}

    /** After full batches that fitted, the device takes larger ones again, of at most this size. */
    default void ceilingRaised(String device, int newCeiling) {}

    /** The device is broken and gets no more images until the process ends; alert on it. */
    default void deviceFailed(String device) {}

    /** Returns metrics that tell both. */
    static InferenceMetrics both(InferenceMetrics first, InferenceMetrics second) {
        return new InferenceMetrics() {
            @Override
            public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
                first.loaded(device, workers, largestBatch, imagesPerSecond);
                second.loaded(device, workers, largestBatch, imagesPerSecond);
            }

            @Override
            public void decoded(long nanos) {
                first.decoded(nanos);
                second.decoded(nanos);
            }

            @Override
            public void began(String device) {
                first.began(device);
                second.began(device);
            }

            @Override
            public void abandoned(String device) {
                first.abandoned(device);
                second.abandoned(device);
            }

            @Override
            public void workers(String device, int workers) {
                first.workers(device, workers);
                second.workers(device, workers);
            }

            @Override
            public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
                first.batch(device, size, closedBy, oldestWaitNanos, inferenceNanos);
                second.batch(device, size, closedBy, oldestWaitNanos, inferenceNanos);
            }

            @Override
            public void waited(long nanos) {
                first.waited(nanos);
                second.waited(nanos);
            }

            @Override
            public void outOfMemory(String device, int newCeiling) {
                first.outOfMemory(device, newCeiling);
                second.outOfMemory(device, newCeiling);
            }

            @Override
            public void ceilingRaised(String device, int newCeiling) {
                first.ceilingRaised(device, newCeiling);
                second.ceilingRaised(device, newCeiling);
            }

            @Override
            public void deviceFailed(String device) {
                first.deviceFailed(device);
                second.deviceFailed(device);
            }
        };
    }
}
