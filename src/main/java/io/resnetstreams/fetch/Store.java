package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.io.InputStream;

/** Where images are. Implementations are thread-safe, and create clients and threads at the first request. */
interface Store extends AutoCloseable {
    /**
     * A response whose headers were read.
     *
     * @param length the stated length in bytes, or {@link #UNKNOWN_LENGTH}
     * @param abandon closes the connection; for a body that is not read to its end
     */
    record Body(InputStream stream, long length, Runnable abandon) {
        static final long UNKNOWN_LENGTH = -1;
    }

    /**
     * Asks for an image, and blocks until the headers of the response were read.
     *
     * @param attempt is told the store that is asked, and how to unblock this thread
     */
    Body open(UriParts uri, Attempt attempt) throws RejectedEventException, TemporaryFailureException, IOException;

    @Override
    void close();
}
