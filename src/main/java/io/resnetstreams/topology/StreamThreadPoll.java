package io.resnetstreams.topology;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Blocks a stream thread in {@code poll} until there is work: a record, an outcome completed by another thread, or a
 * commit that is due. Kafka Streams itself only waits for records, so it would have to poll a hundred times a second.
 * Threading: any thread may call {@link #outcomeCompleted} and {@link #interrupt}; only the stream thread the others.
 */
final class StreamThreadPoll {
    /** After work was done: Kafka Streams runs its loop once more, since punctuations may not have been due yet. */
    static final Duration SHORT_POLL = Duration.ofMillis(1);

    /** The clock that Kafka Streams uses for commits may be slightly behind the one used here. */
    private static final Duration OVERDUE = Duration.ofMillis(5);

    private final LongSupplier nanoTicker;
    private final ClockSteps clock;
    private final Duration commitInterval;
    /** How often {@link #clock} had been set back when the thread's clients were created. */
    private final int stepsBack;

    private final AtomicBoolean pollShortly = new AtomicBoolean();
    private Runnable beforeWaiting = () -> {};
    private int uncommitted;
    private long lastCommitNanos;

    /** The consumer that is polling, null outside of a poll. Guarded by this. */
    private Consumer<?, ?> polling;

    /** The wall clock was set back, so the thread's clients are stuck; a new thread with new clients replaces it. */
    static final class ClockSetBackException extends RetriableException {
        private static final long serialVersionUID = 1L;

        ClockSetBackException() {
            super("the wall clock was set back, and this thread's clients would wait until it has caught up");
        }
    }

    StreamThreadPoll(LongSupplier nanoTicker, ClockSteps clock, Duration commitInterval) {
        this.nanoTicker = nanoTicker;
        this.clock = clock;
        this.commitInterval = commitInterval;
        this.stepsBack = clock.look();
        this.lastCommitNanos = nanoTicker.getAsLong();
    }

    /** Sets what is to run before the thread waits: for a poll, a commit, or anything else that the broker answers. */
    void beforeWaiting(Runnable work) {
        beforeWaiting = work;
    }

    /** Notes that the thread is about to wait. */
    void waiting() {
        beforeWaiting.run();
    }

    /** Ends the current poll, or shortens the next one. */
    void outcomeCompleted() {
        // Outcomes complete in batches; the first one of a batch has already woken the thread.
        if (!pollShortly.get() && pollShortly.compareAndSet(false, true)) {
            wakeUp();
        }
    }

    private synchronized void wakeUp() {
        if (polling != null) {
            polling.wakeup();
            polling = null;
        }
    }

    /** Shortens the next poll, since an event was consumed or an outcome forwarded. */
    void shortenNextPoll() {
        pollShortly.set(true);
    }

    void forwarded() {
        uncommitted++;
    }

    /** Returns the number of outcomes that the thread has forwarded since its last commit. */
    int uncommitted() {
        return uncommitted;
    }

    void committed() {
        uncommitted = 0;
        lastCommitNanos = nanoTicker.getAsLong();
    }

    /** Ends the current poll, even if the next one is to be short anyway. */
    void interrupt() {
        pollShortly.set(true);
        wakeUp();
    }

    /** Polls, for {@code longest} at most; returns no records if another thread ended the poll. */
    <K, V> ConsumerRecords<K, V> poll(Consumer<K, V> consumer, Duration longest) {
        if (clock.look() != stepsBack) {
            throw new ClockSetBackException();
        }
        waiting();
        Duration wait = pollShortly.getAndSet(false) ? SHORT_POLL : untilCommit(longest);
        setPolling(consumer);
        if (pollShortly.get()) {
            // An outcome completed before this consumer could be woken.
            wait = SHORT_POLL;
        }
        try {
            return consumer.poll(wait.compareTo(longest) < 0 ? wait : longest);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } finally {
            setPolling(null);
        }
    }

    private Duration untilCommit(Duration longest) {
        if (uncommitted == 0) {
            return longest;
        }
        Duration sinceCommit = Duration.ofNanos(nanoTicker.getAsLong() - lastCommitNanos);
        Duration left = commitInterval.minus(sinceCommit).plus(SHORT_POLL);
        return left.compareTo(OVERDUE) < 0 ? OVERDUE : left;
    }

    private synchronized void setPolling(Consumer<?, ?> consumer) {
        polling = consumer;
    }

    @FunctionalInterface
    interface Call {
        Object make() throws Throwable;
    }

    /**
     * Calls a method of the consumer other than {@code poll}. A wakeup that arrives when a poll has just ended makes the
     * next call fail, so the call is repeated once. The same happens inside a poll, when Kafka Streams commits because
     * partitions are revoked.
     */
    Object callOutsidePoll(Call call) throws Throwable {
        setPolling(null);
        waiting();
        try {
            return call.make();
        } catch (WakeupException e) {
            // No second wakeup can arrive, since the thread no longer counts as polling.
            return call.make();
        }
    }
}
