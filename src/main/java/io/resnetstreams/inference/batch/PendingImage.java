package io.resnetstreams.inference.batch;

import java.util.concurrent.CompletableFuture;

/** An image that waits to be classified: uint8 H×W×3 RGB pixels, and when it was queued, by the ticker. */
record PendingImage(byte[] pixels, CompletableFuture<float[]> probabilities, long queuedNanos) {
    /** Returns whether the result is no longer needed, for example because the partition was revoked. */
    boolean isAbandoned() {
        return probabilities.isDone();
    }
}
