package io.resnetstreams.common;

import java.io.Serial;

/** A model directory that can't be trusted or understood; the message names the file and the fault. */
public final class InvalidModelException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public InvalidModelException(String message) {
        this(message, null);
    }

    public InvalidModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
