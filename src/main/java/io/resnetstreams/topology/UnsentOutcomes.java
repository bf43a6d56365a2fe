package io.resnetstreams.topology;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prevents a stream thread from committing offsets (at least once) after one of its outcomes could not be sent. Kafka
 * Streams attributes a failure to one task of the thread, and commits the offsets of the others, whose outcomes may
 * have failed too ({@code RecordCollectorImpl#send} and {@code TaskManager#handleCorruption} of 4.3.1). If the commit
 * fails, it closes all tasks of the thread and resumes at the offsets committed before.
 *
 * <p>Threading: the producer's own thread reports failures, all of them before the flush that precedes a commit has
 * ended; only the stream thread calls the other methods.
 */
final class UnsentOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(UnsentOutcomes.class);

    private volatile Exception failure;

    void note(Exception sendFailure) {
        failure = sendFailure;
    }

    /** Throws CommitFailedException if an outcome could not be sent since the thread's tasks were created. */
    void requireNone() {
        Exception known = failure;
        if (known != null) {
            LOG.warn(
                    "An outcome could not be sent: {}. Events since the last commit are processed again",
                    known.toString());
            throw new CommitFailedException("an outcome could not be sent: " + known.getMessage());
        }
    }

    /** Forgets the failure, after the thread's tasks were closed. */
    void forget() {
        failure = null;
    }
}
