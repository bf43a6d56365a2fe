package io.resnetstreams.topology;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownServerException;

/**
 * Decides whether a failed stream thread is replaced. Under either guarantee a new thread goes on at the committed offsets,
 * so that nothing is lost by trying again; what would fail in the same way again ends the instance.
 *
 * <p>An outcome that its topic refused is written in another form when its event is processed again.
 *
 * <p>An error that the broker did not expect itself, such as one on its way down answers when its disk is full, may pass or
 * may be there for ever: it is tried again {@value #MOST_UNEXPECTED} times in {@value #MINUTES} minutes.
 *
 * <p>Threading: any; stream threads can fail at the same time.
 */
final class ThreadFailures {
    static final int MOST_UNEXPECTED = 5;
    static final int MINUTES = 5;

    private static final long WINDOW_NANOS = Duration.ofMinutes(MINUTES).toNanos();

    private final LongSupplier nanoTicker;
    private final Deque<Long> unexpected = new ArrayDeque<>();

    /** @param nanoTicker the present in nanoseconds, as {@link System#nanoTime} tells it */
    ThreadFailures(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** Notes a failure and returns true where another thread should try again. */
    boolean mayPass(Throwable failure) {
        List<Throwable> causes =
                Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
        if (causes.stream().anyMatch(ThreadFailures::isPermanent)) {
            return false;
        }
        return causes.stream().anyMatch(OutcomeRefusedException.class::isInstance)
                || causes.stream().anyMatch(RetriableException.class::isInstance)
                || causes.stream().anyMatch(ThreadFailures::isUnexpectedByBroker) && isSeldom();
    }

    private static boolean isPermanent(Throwable cause) {
        return cause instanceof ClassificationFailedException
                || cause instanceof InputGapException
                || cause instanceof OutcomeRefusedException refusal && !refusal.isMendable()
                || cause instanceof AuthenticationException
                || cause instanceof AuthorizationException;
    }

    /** Clients wrap what they don't know in an exception of the plain base class; its heirs are errors with a name. */
    private static boolean isUnexpectedByBroker(Throwable cause) {
        return cause instanceof UnknownServerException || cause.getClass() == KafkaException.class;
    }

    private synchronized boolean isSeldom() {
        long now = nanoTicker.getAsLong();
        while (!unexpected.isEmpty() && now - unexpected.peekFirst() >= WINDOW_NANOS) {
            unexpected.removeFirst();
        }
        unexpected.addLast(now);
        return unexpected.size() <= MOST_UNEXPECTED;
    }
}
