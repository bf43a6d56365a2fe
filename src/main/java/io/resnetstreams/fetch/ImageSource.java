package io.resnetstreams.fetch;

import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.concurrent.CompletableFuture;

/** Fetches the images that events refer to. Any thread may call it; it does not block. */
@FunctionalInterface
public interface ImageSource {
    /** Rejects each reference. */
    ImageSource NONE = reference -> CompletableFuture.failedFuture(
            new RejectedEventException(Stage.FETCH, "scheme_not_allowed", "images by reference are not enabled"));

    /** Starts to fetch an image; the future fails with a {@link RejectedEventException}. Cancelling it ends the transfer. */
    CompletableFuture<? extends Fetched> fetch(ImageReference reference);

    /** An image file that was fetched; closing it, any number of times, releases its memory for others. */
    interface Fetched extends AutoCloseable {
        /** Returns the file; it must not be modified. */
        byte[] bytes();

        /** Returns the SHA-256 of the file, in lower-case hexadecimal. */
        String sha256();

        @Override
        void close();
    }
}
