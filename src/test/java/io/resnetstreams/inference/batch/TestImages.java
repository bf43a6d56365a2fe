package io.resnetstreams.inference.batch;

import java.util.concurrent.CompletableFuture;

/** Images of one pixel for tests, distinguished by their first byte. */
final class TestImages {
    private TestImages() {}

    static byte[] pixels(int number) {
        return new byte[] {(byte) number, 0, 0};
    }

    static PendingImage pending(int number, long queuedNanos) {
        return new PendingImage(pixels(number), new CompletableFuture<>(), queuedNanos);
    }
}
