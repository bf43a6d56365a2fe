package io.resnetstreams.topology;

import java.io.Serial;

/** Events that the group has not processed are no longer on the input topic, and the configuration says to stop there. */
public final class InputGapException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    InputGapException(String message) {
        super(message);
    }
}
