package io.resnetstreams.fetch;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * What the fetches of an {@link ImageFetcher} share.
 *
 * @param threads those that make attempts
 * @param timer ends attempts and pauses
 * @param onEnd is told each fetch that has ended
 */
record FetchContext(
        FetchSettings settings,
        Download download,
        Outages outages,
        RetryDelays delays,
        FetchMetrics metrics,
        ExecutorService threads,
        ScheduledExecutorService timer,
        Consumer<Fetch> onEnd) {}
