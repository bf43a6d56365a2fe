package io.resnetstreams.common;

import java.io.Serial;

/** An error that the user can fix. It is shown without a stack trace, and the process ends with its exit code. */
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

    /** Wrong usage or configuration, caused by another exception: exit code 2. */
    public static UserErrorException usage(String message, Throwable cause) {
        return new UserErrorException(2, message, cause);
    }

    /** The command ran but did not succeed: exit code 1. */
    public static UserErrorException shortfall(String message, Throwable cause) {
        return new UserErrorException(1, message, cause);
    }

    /** Returns the exit code of the process. */
    public int exitCode() {
        return exitCode;
    }
}
