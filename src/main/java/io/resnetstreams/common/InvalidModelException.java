package io.resnetstreams.common;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A model, or a file to make one from, is missing, malformed or damaged; the message names the file and the fault. */
public final class InvalidModelException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public InvalidModelException(String message) {
        this(message, null);
    }

    public InvalidModelException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns the exception for a file that can't be read. */
    public static InvalidModelException unreadable(Path file, IOException cause) {
        return new InvalidModelException("cannot read " + file + ": " + cause.getMessage(), cause);
    }
}
