package io.resnetstreams.common;

import java.io.Serial;

/** A model directory is invalid or unsupported; the message names the file and the problem. */
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
