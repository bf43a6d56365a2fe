package io.resnetstreams.fetch;

import io.resnetstreams.common.Text;
import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.FetchSettings.OnOutage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One fetch: attempts, and pauses between them in which it takes no thread.
 *
 * <p>Threading: one thread at a time makes an attempt. Any thread may complete the result, which ends the fetch.
 */
final class Fetch {
    private final ImageReference reference;
    private final UriParts uri;
    private final Store store;
    private final FetchContext context;
    private final long begunNanos = System.nanoTime();
    private final CompletableFuture<FetchedImage> result = new CompletableFuture<>();

    private Attempt attempt;
    /** The attempt, or the pause before it. */
    private Future<?> next;

    private boolean isDone;
    private int failures;
    private long firstFailureNanos;
    /** The store that the fetch waits for, or null. */
    private String awaited;

    private boolean isAwaitedKnown;

    Fetch(ImageReference reference, UriParts uri, Store store, FetchContext context) {
        this.reference = reference;
        this.uri = uri;
        this.store = store;
        this.context = context;
    }

    /** Queues the first attempt. */
    CompletableFuture<FetchedImage> begin() {
        context.metrics().begun();
        result.whenComplete((image, failure) -> end());
        enqueue();
        return result;
    }

    private synchronized void enqueue() {
        if (isDone) {
            return;
        }
        try {
            next = context.threads().submit(this::run);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(ImageFetcher.closed());
        }
    }

    private void run() {
        try {
            Attempt current;
            synchronized (this) {
                if (isDone) {
                    return;
                }
                current = new Attempt(context.timer(), context.settings().timeoutMillis(), uri.scheme());
                attempt = current;
            }
            try (current) {
                make(current);
            }
        } catch (Throwable e) {
            // Nothing else would complete the result. An error, such as too little memory, is no fault of the event.
            finish(() -> result.completeExceptionally(e));
        }
    }

    private void make(Attempt current) {
        try {
            succeed(image(current), current);
        } catch (RejectedEventException e) {
            context.outages().answered(current.store());
            reject(e);
        } catch (TemporaryFailureException e) {
            retry(e, current);
        } catch (RuntimeException | StackOverflowError e) {
            // A response that breaks the client must not block its partition. The message may quote a signature.
            String where = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
            reject(UriText.rejection(
                    "fetcher", uri.text(), "the fetch failed: " + e.getClass().getName() + where));
        }
    }

    private FetchedImage image(Attempt current) throws RejectedEventException, TemporaryFailureException {
        try {
            context.download().requireSize(reference);
            return context.download().read(reference, store.open(uri, current), current);
        } catch (TemporaryFailureException | IOException | InterruptedException | RuntimeException e) {
            // Whatever an abort makes of the client's calls.
            if (current.isTimedOut()) {
                throw new TemporaryFailureException(
                        "timeout",
                        "no complete response within " + context.settings().timeoutMillis() + " ms");
            }
            if (e instanceof TemporaryFailureException failure) {
                throw failure;
            }
            if (e instanceof IOException failure) {
                throw IoFailures.of(failure, uri.text());
            }
            if (e instanceof RuntimeException failure) {
                throw failure;
            }
            throw new TemporaryFailureException("cancelled", "cancelled");
        }
    }

    private void succeed(FetchedImage image, Attempt current) {
        context.outages().answered(current.store());
        context.metrics().fetched(uri.scheme(), System.nanoTime() - begunNanos, image.bytes().length);
        finish(() -> {
            if (!result.complete(image)) {
                image.close();
            }
        });
    }

    private void reject(RejectedEventException rejection) {
        if (result.isDone()) {
            return;
        }
        context.metrics().failed(rejection.code());
        finish(() -> result.completeExceptionally(rejection));
    }

    /** Completes the result without interrupting the thread that does so. */
    private void finish(Runnable completion) {
        synchronized (this) {
            if (attempt != null) {
                attempt.close();
            }
            attempt = null;
            next = null;
        }
        completion.run();
    }

    private void retry(TemporaryFailureException failure, Attempt current) {
        synchronized (this) {
            if (isDone) {
                return;
            }
            context.metrics().failed(failure.code());
            long now = System.nanoTime();
            firstFailureNanos = failures++ == 0 ? now : firstFailureNanos;
            await(current.store(), failure.getMessage());
            isAwaitedKnown = current.isStoreKnown();
            long failing = now - firstFailureNanos;
            if (!isOver(failing)) {
                context.metrics().retried(uri.scheme());
                long pause = context.delays().next(failures, failing, failure.retryAfterMillis());
                next = context.timer().schedule(this::enqueue, pause, TimeUnit.MILLISECONDS);
                return;
            }
        }
        reject(unavailable(failure));
    }

    /** A store that has answered others meanwhile is not out, and one that never answered may not exist. */
    private boolean isOver(long failingNanos) {
        boolean waits = context.settings().outageRule() == OnOutage.WAIT && isAwaitedKnown;
        return context.delays().isOver(failingNanos)
                && (!waits || context.outages().hasAnsweredSince(awaited, firstFailureNanos));
    }

    private void await(String name, String reason) {
        if (!name.equals(awaited)) {
            leave();
            awaited = name;
            context.outages().enter(name);
        }
        context.outages().failed(name, reason);
    }

    private void leave() {
        if (awaited != null) {
            context.outages().leave(awaited);
            awaited = null;
        }
    }

    private RejectedEventException unavailable(TemporaryFailureException failure) {
        Duration failing = Duration.ofNanos(System.nanoTime() - firstFailureNanos);
        return UriText.rejection(
                "unavailable",
                uri.text(),
                failure.getMessage() + "; " + Text.count(failures, "attempt") + " in "
                        + failing.toMillis() + " ms, references.retryMillis is "
                        + context.settings().retryMillis());
    }

    /** Frees whatever the fetch holds. */
    private void end() {
        Attempt current;
        Future<?> pending;
        synchronized (this) {
            isDone = true;
            current = attempt;
            pending = next;
            leave();
        }
        if (current != null) {
            current.cancel();
        }
        if (pending != null) {
            pending.cancel(true);
        }
        context.metrics().ended();
        context.onEnd().accept(this);
    }

    /** Fails the result, since the fetcher is closed. */
    void close(IllegalStateException closed) {
        result.completeExceptionally(closed);
    }
}
