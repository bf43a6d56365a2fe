package io.resnetstreams.inference.batch;

/**
 * The device or its network is broken: it fails even on a valid image, or does not return from a call. Its images go to
 * another device; without one the instance must end, since otherwise every event would become a dead letter.
 */
public final class DeviceFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
