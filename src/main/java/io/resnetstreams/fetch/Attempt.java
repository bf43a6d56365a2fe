package io.resnetstreams.fetch;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One attempt of a fetch: its deadline, and how to end it early. The deadline limits the store and not this process, so it is
 * suspended while a response waits for memory.
 *
 * <p>Threading: one thread makes the attempt; others may end it.
 */
final class Attempt implements AutoCloseable {
    private enum State {
        RUNNING,
        TIMED_OUT,
        CANCELLED,
        CLOSED
    }

    private final ScheduledExecutorService timer;
    private long remainingNanos;
    private long resumedNanos;
    private ScheduledFuture<?> deadline;
    private State state = State.RUNNING;
    private Runnable abort;
    private String store;
    private boolean isStoreKnown = true;

    /** Starts the deadline. Until the attempt asks a store, its failures are those of this one. */
    Attempt(ScheduledExecutorService timer, long timeoutMillis, String store) {
        this.timer = timer;
        this.store = store;
        this.remainingNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        resume();
    }

    /** Sets what unblocks the thread of this attempt; replaces the former. It is called at once if the attempt has ended. */
    void onAbort(Runnable action) {
        synchronized (this) {
            if (state == State.RUNNING) {
                abort = action;
                return;
            }
        }
        action.run();
    }

    /** Suspends the deadline. */
    synchronized void suspend() {
        deadline.cancel(false);
        remainingNanos -= System.nanoTime() - resumedNanos;
    }

    synchronized void resume() {
        resumedNanos = System.nanoTime();
        deadline = timer.schedule(() -> end(State.TIMED_OUT), remainingNanos, TimeUnit.NANOSECONDS);
    }

    void cancel() {
        end(State.CANCELLED);
    }

    private void end(State reason) {
        Runnable action;
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = reason;
            action = abort;
        }
        if (action != null) {
            action.run();
        }
    }

    synchronized boolean isTimedOut() {
        return state == State.TIMED_OUT;
    }

    /**
     * Sets the store that is asked now, such as {@code s3://BUCKET}.
     *
     * @param isKnown whether it exists, as far as is known: it was configured, or has answered before
     */
    void store(String name, boolean isKnown) {
        store = name;
        isStoreKnown = isKnown;
    }

    /** Returns the store that was asked last. */
    String store() {
        return store;
    }

    boolean isStoreKnown() {
        return isStoreKnown;
    }

    @Override
    public synchronized void close() {
        deadline.cancel(false);
        state = state == State.RUNNING ? State.CLOSED : state;
    }
}
