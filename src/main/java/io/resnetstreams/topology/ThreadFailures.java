package io.resnetstreams.topology;

import io.resnetstreams.topology.ClassifyProcessor.ClassificationFailedException;
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
 * Decides whether a failed stream thread is replaced. With both guarantees a new thread resumes at the committed
 * offsets, so nothing is lost by a retry; a failure that would recur ends the instance. An outcome that its topic
 * refused is written in another form when its event is reprocessed.
 *
 * <p>An unexpected error of the broker, such as one caused by a full disk, may be transient or permanent: it is retried
 * {@value #MOST_UNEXPECTED} times in {@value #MINUTES} minutes. Thread-safe, since stream threads can fail together.
 */
final class ThreadFailures {
    static final int MOST_UNEXPECTED = 5;
    static final int MINUTES = 5;

    private static final long WINDOW_NANOS = Duration.ofMinutes(MINUTES).toNanos();

    private final LongSupplier nanoTicker;
    private final Deque<Long> unexpected = new ArrayDeque<>();

    ThreadFailures(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** Records a failure, and returns whether a new thread should replace the one that failed. */
    boolean shouldReplaceThread(Throwable failure) {
        List<Throwable> causes =
                Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
        if (causes.stream().anyMatch(ThreadFailures::isPermanent)) {
            return false;
        }
        return causes.stream()
                        .anyMatch(cause ->
                                cause instanceof OutcomeRefusedException || cause instanceof RetriableException)
                || causes.stream().anyMatch(ThreadFailures::isUnexpected) && isWithinRetries();
    }

    private static boolean isPermanent(Throwable cause) {
        return cause instanceof ClassificationFailedException
                || cause instanceof InputGapException
                || cause instanceof OutcomeRefusedException refusal && !refusal.isRetriable()
                || cause instanceof AuthenticationException
                || cause instanceof AuthorizationException;
    }

    /** Clients wrap unknown errors in the base class itself; its subclasses are known errors. */
    private static boolean isUnexpected(Throwable cause) {
        return cause instanceof UnknownServerException || cause.getClass() == KafkaException.class;
    }

    private synchronized boolean isWithinRetries() {
        long now = nanoTicker.getAsLong();
        while (!unexpected.isEmpty() && now - unexpected.peekFirst() >= WINDOW_NANOS) {
            unexpected.removeFirst();
        }
        unexpected.addLast(now);
        return unexpected.size() <= MOST_UNEXPECTED;
    }
}
