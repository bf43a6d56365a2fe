package io.resnetstreams.topology;

import java.io.Serial;
import org.apache.kafka.common.errors.RetriableException;

/** The wall clock was set back, so the thread's clients are stuck; a new thread with new clients replaces it. */
final class ClockSetBackException extends RetriableException {
    @Serial
    private static final long serialVersionUID = 1L;

    ClockSetBackException() {
        super("the wall clock was set back, and this thread's clients would wait until it has caught up");
    }
}
