package io.resnetstreams.inference.batch;

import java.io.Serial;

/**
 * The device or its network is broken: not even an image known to be good can be classified, or it doesn't come back at
 * all. Its images go to another device; where there is none, the instance must end, with its events left uncommitted, rather
 * than turn every event into a dead letter.
 */
public final class DeviceFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public DeviceFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
