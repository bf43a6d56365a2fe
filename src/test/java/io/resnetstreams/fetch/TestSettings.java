package io.resnetstreams.fetch;

import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Settings of fetchers under test, and what fetches end with. Immutable. */
record TestSettings(
        FetchSettings.S3 s3,
        FetchSettings.Http http,
        String roots,
        int concurrency,
        long maxBytes,
        long readTimeoutMillis,
        long timeoutMillis,
        long retryMillis,
        String onOutage) {
    /** Nothing is enabled, and nothing is retried. */
    static final TestSettings NONE = new TestSettings(
            new FetchSettings.S3("", "", "", false),
            new FetchSettings.Http("", ""),
            "",
            4,
            64 << 20,
            60_000,
            60_000,
            0,
            "deadLetter");

    static TestSettings http(String hosts) {
        return NONE.with(new FetchSettings.Http(hosts, ""));
    }

    TestSettings with(FetchSettings.Http value) {
        return new TestSettings(
                s3, value, roots, concurrency, maxBytes, readTimeoutMillis, timeoutMillis, retryMillis, onOutage);
    }

    TestSettings with(FetchSettings.S3 value) {
        return new TestSettings(
                value, http, roots, concurrency, maxBytes, readTimeoutMillis, timeoutMillis, retryMillis, onOutage);
    }

    TestSettings withRoots(String value) {
        return new TestSettings(
                s3, http, value, concurrency, maxBytes, readTimeoutMillis, timeoutMillis, retryMillis, onOutage);
    }

    TestSettings withConcurrency(int value) {
        return new TestSettings(
                s3, http, roots, value, maxBytes, readTimeoutMillis, timeoutMillis, retryMillis, onOutage);
    }

    TestSettings withMaxBytes(long value) {
        return new TestSettings(
                s3, http, roots, concurrency, value, readTimeoutMillis, timeoutMillis, retryMillis, onOutage);
    }

    TestSettings withTimeouts(long read, long all) {
        return new TestSettings(s3, http, roots, concurrency, maxBytes, read, all, retryMillis, onOutage);
    }

    TestSettings withRetries(long millis, String rule) {
        return new TestSettings(s3, http, roots, concurrency, maxBytes, readTimeoutMillis, timeoutMillis, millis, rule);
    }

    FetchSettings settings() {
        return new FetchSettings(
                s3,
                http,
                new FetchSettings.File(roots),
                concurrency,
                maxBytes,
                2_000,
                readTimeoutMillis,
                timeoutMillis,
                3,
                retryMillis,
                onOutage);
    }

    static ImageReference reference(String uri) {
        return new ImageReference(uri, null, ImageReference.UNKNOWN_SIZE);
    }

    /** Returns what a fetch is rejected with. */
    static RejectedEventException rejection(CompletableFuture<FetchedImage> fetch)
            throws InterruptedException, TimeoutException {
        try {
            fetch.get(30, TimeUnit.SECONDS).close();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RejectedEventException rejection) {
                return rejection;
            }
            throw new AssertionError("failed with another exception", e);
        }
        throw new AssertionError("was fetched");
    }
}
