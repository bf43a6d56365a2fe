package io.resnetstreams.topology;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.producer.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream thread from committing offsets (at least once) after one of its outcomes could not be sent. Kafka Streams
 * keeps one failure for all tasks of a thread and holds it against the task that met it first; of the other tasks, whose
 * outcomes may have failed with it, it commits the offsets ({@code RecordCollectorImpl#send} and {@code
 * TaskManager#handleCorruption} of 4.3.1). A commit that fails makes it give up all tasks of the thread and begin again at
 * the offsets committed before.
 *
 * <p>A commit comes after a flush of the producer, so every failure is known by then.
 *
 * <p>Threading: a producer's own thread tells of failures, all else is the stream thread's.
 */
final class UnsentOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(UnsentOutcomes.class);

    private volatile Exception failure;

    /** Returns a callback that notes a failure before it tells another one. */
    Callback noting(Callback callback) {
        return (metadata, sendFailure) -> {
            if (sendFailure != null) {
                failure = sendFailure;
            }
            callback.onCompletion(metadata, sendFailure);
        };
    }

    /**
     * Lets a commit through.
     *
     * @throws CommitFailedException if an outcome could not be sent since the thread's tasks began
     */
    void requireNone() {
        Exception known = failure;
        if (known != null) {
            LOG.warn(
                    "An outcome could not be sent: {}. Events since the last commit are processed again",
                    known.toString());
            throw new CommitFailedException("an outcome could not be sent: " + known.getMessage());
        }
    }

    /** The thread has given up its tasks. */
    void forget() {
        failure = null;
    }
}
