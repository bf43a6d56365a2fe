package io.resnetstreams.topology;

import java.io.Serial;

/** A topic that the pipeline needs does not exist; the message names it. */
public final class MissingTopicException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    MissingTopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
