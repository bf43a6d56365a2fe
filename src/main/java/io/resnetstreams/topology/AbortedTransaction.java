package io.resnetstreams.topology;

import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Translates the failures of a producer whose transaction the broker has aborted, since the process was suspended.
 * Brokers may answer that the transaction is in an invalid state (Kafka 4.3), on which Kafka Streams ends the instance;
 * after fencing it continues with a new producer and reprocesses the uncommitted events.
 */
final class AbortedTransaction {
    private AbortedTransaction() {}

    /** Returns the failure, or a fencing exception in place of an invalid transaction state. */
    static Exception asFencing(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidTxnStateException) {
                ProducerFencedException fencing =
                        new ProducerFencedException("the broker has ended the transaction: " + cause.getMessage());
                fencing.initCause(failure);
                return fencing;
            }
        }
        return failure;
    }
}
