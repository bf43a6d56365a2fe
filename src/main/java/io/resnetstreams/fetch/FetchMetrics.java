package io.resnetstreams.fetch;

/**
 * Receives measurements of fetches. Called concurrently by the callers and the threads of {@link ImageFetcher}. Schemes and
 * codes are words of the pipeline, never text of an event.
 */
public interface FetchMetrics {
    /** Discards everything. */
    FetchMetrics NONE = new FetchMetrics() {};

    /** Returns the counts so far; zero if they are not kept. */
    default Counts counts() {
        return Counts.NONE;
    }

    /**
     * Counts of fetches.
     *
     * @param inFlight fetches that have not ended
     * @param images images that were fetched
     * @param bytes their size
     * @param failures failed attempts and rejected references
     */
    record Counts(long inFlight, long images, long bytes, long failures) {
        public static final Counts NONE = new Counts(0, 0, 0, 0);
    }

    /** A fetch has begun; {@link #ended} follows. */
    default void begun() {}

    /** A fetch has ended, also by cancellation. */
    default void ended() {}

    /**
     * An image was fetched; alert if this takes longer than events may wait.
     *
     * @param nanos the time since the fetch began, with waiting and further attempts
     */
    default void fetched(String scheme, long nanos, long bytes) {}

    /** An attempt failed, or a reference was rejected, with this code. */
    default void failed(String code) {}

    /** Another attempt is made after a temporary failure; alert if it recurs. */
    default void retried(String scheme) {}
}
