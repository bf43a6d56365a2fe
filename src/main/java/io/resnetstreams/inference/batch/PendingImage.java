package io.resnetstreams.inference.batch;

import java.util.concurrent.CompletableFuture;

/**
 * An image that waits for its class probabilities.
 *
 * @param pixels uint8 H×W×3 RGB
 * @param queuedNanos the ticker's time when it was queued
 */
record PendingImage(byte[] pixels, CompletableFuture<float[]> probabilities, long queuedNanos) {
    /** Returns whether nobody waits for the result any more, since its partition was taken away. */
    boolean isAbandoned() {
        return probabilities.isDone();
    }
}
