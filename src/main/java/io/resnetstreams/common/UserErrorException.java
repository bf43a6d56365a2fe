package io.resnetstreams.common;

import java.io.Serial;

/** A mistake that its user can mend; shown as one line without a stack trace, and ends the process with its exit code. */
public final class UserErrorException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private UserErrorException(int exitCode, String message, Throwable cause) {
        super(PlainText.lines(message), cause);
        this.exitCode = exitCode;
    }

    /** Wrong usage or configuration: exit code 2. */
    public static UserErrorException usage(String message) {
        return new UserErrorException(2, message, null);
    }

    /** Wrong usage or configuration, found by another exception: exit code 2. */
    public static UserErrorException usage(String message, Throwable cause) {
        return new UserErrorException(2, message, cause);
    }

    /** It ran and something fell short: exit code 1. */
    public static UserErrorException shortfall(String message, Throwable cause) {
        return new UserErrorException(1, message, cause);
    }

    public int exitCode() {
        return exitCode;
    }
}
