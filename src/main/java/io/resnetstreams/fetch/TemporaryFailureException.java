package io.resnetstreams.fetch;

/** A failed attempt that may succeed later. */
final class TemporaryFailureException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final long retryAfterMillis;

    /**
     * Creates a failure.
     *
     * @param code the cause, for metrics
     * @param reason for people, without the reference
     */
    TemporaryFailureException(String code, String reason) {
        this(code, reason, 0);
    }

    /** Creates a failure of a store that asks to wait. */
    TemporaryFailureException(String code, String reason, long retryAfterMillis) {
        super(reason);
        this.code = code;
        this.retryAfterMillis = retryAfterMillis;
    }

    String code() {
        return code;
    }

    /** Returns the time for which the store asks to wait, or 0. */
    long retryAfterMillis() {
        return retryAfterMillis;
    }
}
