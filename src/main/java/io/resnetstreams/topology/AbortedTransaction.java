package io.resnetstreams.topology;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * What a producer learns whose transaction the broker has aborted, since its process stood still for longer than the
 * transaction's time-out. Brokers may answer that the transaction is in an invalid state (Kafka 4.3), at which Kafka Streams
 * ends the instance. It means the same as fencing, after which Kafka Streams goes on with a new producer and does the work
 * again.
 */
final class AbortedTransaction {
    private AbortedTransaction() {}

    /** Returns a producer's failure, or fencing in place of an invalid state. */
    static Throwable asFencing(Throwable failure) {
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

    /** Returns a callback that tells another one of fencing in place of an invalid state. */
    static Callback asFencing(Callback callback) {
        return (metadata, failure) ->
                callback.onCompletion(metadata, failure == null ? null : (Exception) asFencing((Throwable) failure));
    }
}
