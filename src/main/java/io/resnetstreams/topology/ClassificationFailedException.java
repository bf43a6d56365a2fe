package io.resnetstreams.topology;

import java.io.Serial;

/** An event could not be classified for a reason other than the event: the instance ends and the event stays uncommitted. */
public final class ClassificationFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ClassificationFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
