package io.resnetstreams.topology;

import java.io.Serial;

/** An event got no outcome, through no fault of its own: the instance ends and the event stays uncommitted. */
public final class ClassificationFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ClassificationFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
