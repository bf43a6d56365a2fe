package io.resnetstreams.common;

import java.io.Serial;

/** The engine has no library for this operating system and processor; the message is meant for users. */
public final class UnsupportedMachineException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message for the user. */
    public UnsupportedMachineException(String message) {
        super(message);
    }
}
