package io.resnetstreams.topology;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Lets a stream thread sleep in {@code poll} until there is something to do: a record, an outcome that another thread has
 * finished, or a commit that is due. Kafka Streams itself only knows of records; without this it would have to look for
 * outcomes some hundred times a second, also where nothing happens.
 *
 * <p>Threading: {@link #outcomeIsThere} may be called by any thread, all else by the stream thread it belongs to.
 */
final class StreamThreadSleep {
    /** After anything was done, Kafka Streams is let around once more: its punctuations may have been not yet due. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    /** Kafka Streams' own clock for commits may run later than the one here. */
    private static final Duration OVERDUE = Duration.ofMillis(5);

    private final LongSupplier nanoTicker;
    private final ClockSteps clock;
    /** What {@link #clock} counted when the thread's clients were made. */
    private final int stepsBack;

    private final AtomicBoolean lookAgain = new AtomicBoolean();
    private boolean uncommitted;
    private long lastCommitNanos;

    /** The consumer to wake; null while the stream thread is awake. Guarded by this. */
    private Consumer<?, ?> asleep;

    StreamThreadSleep(LongSupplier nanoTicker, ClockSteps clock) {
        this.nanoTicker = nanoTicker;
        this.clock = clock;
        this.stepsBack = clock.look();
        this.lastCommitNanos = nanoTicker.getAsLong();
    }

    /** Wakes the stream thread, as soon as it sleeps. */
    void outcomeIsThere() {
        // Most outcomes come in batches, and the first of them has said it.
        if (!lookAgain.get() && lookAgain.compareAndSet(false, true)) {
            wake();
        }
    }

    private synchronized void wake() {
        if (asleep != null) {
            asleep.wakeup();
            asleep = null;
        }
    }

    /** Something was consumed or forwarded: the next sleep is short. */
    void somethingWasDone() {
        lookAgain.set(true);
    }

    /** An outcome was forwarded, which readers see after the next commit. */
    void forwarded() {
        uncommitted = true;
    }

    /** What was forwarded has been committed. */
    void committed() {
        uncommitted = false;
        lastCommitNanos = nanoTicker.getAsLong();
    }

    /** Ends a poll that goes on now, whether anything was said before or not. */
    void wakeUp() {
        lookAgain.set(true);
        wake();
    }

    /**
     * Polls, for at most the time given; no records where it was woken.
     *
     * @throws ClockSetBackException if the wall clock was set back since the thread began
     */
    <K, V> ConsumerRecords<K, V> poll(Consumer<K, V> consumer, Duration longest) {
        if (clock.look() != stepsBack) {
            throw new ClockSetBackException();
        }
        Duration wait = lookAgain.getAndSet(false) ? LOOK_AGAIN : untilCommit(longest);
        fallAsleep(consumer);
        if (lookAgain.get()) {
            // Said in between, when there was nobody to wake.
            wait = LOOK_AGAIN;
        }
        try {
            return consumer.poll(wait.compareTo(longest) < 0 ? wait : longest);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } finally {
            awake();
        }
    }

    private Duration untilCommit(Duration longest) {
        if (!uncommitted) {
            return longest;
        }
        Duration sinceCommit = Duration.ofNanos(nanoTicker.getAsLong() - lastCommitNanos);
        Duration left = StreamsProperties.COMMIT_INTERVAL.minus(sinceCommit).plus(LOOK_AGAIN);
        return left.compareTo(OVERDUE) < 0 ? OVERDUE : left;
    }

    private synchronized void fallAsleep(Consumer<?, ?> consumer) {
        asleep = consumer;
    }

    private synchronized void awake() {
        asleep = null;
    }

    /** A call of the consumer. */
    @FunctionalInterface
    interface Call {
        Object make() throws Throwable;
    }

    /**
     * Makes another call of the consumer than {@code poll}. A wakeup may have come just when a poll had ended, or, as Kafka
     * Streams commits where partitions are taken from it, inside of one; then it ends the call's first attempt.
     */
    Object callAwake(Call call) throws Throwable {
        awake();
        try {
            return call.make();
        } catch (WakeupException e) {
            // There can be no second one: it is awake.
            return call.make();
        }
    }
}
