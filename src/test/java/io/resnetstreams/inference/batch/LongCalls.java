package io.resnetstreams.inference.batch;

/** Provides a supervision for tests whose calls always return in time. */
public final class LongCalls {
    private LongCalls() {}

    /** Allows calls to take an hour. */
    public static Supervision allowed() {
        return new Supervision(
                Supervision.LONGEST_TIMEOUT_MILLIS,
                () -> {
                    throw new IllegalStateException("there is no spare classifier");
                },
                0);
    }
}
