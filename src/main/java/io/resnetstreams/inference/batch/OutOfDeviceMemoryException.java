package io.resnetstreams.inference.batch;

import java.io.Serial;

/** A batch did not fit into the device's memory. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception with the engine's message. */
    public OutOfDeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
