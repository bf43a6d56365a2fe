package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;

class AbortedTransactionTest {
    private static final InvalidTxnStateException INVALID = new InvalidTxnStateException("invalid state");

    @Test
    void anInvalidStateIsFencing() {
        assertThat(AbortedTransaction.asFencing(INVALID))
                .isInstanceOf(ProducerFencedException.class)
                .hasMessage("the broker has ended the transaction: invalid state")
                .hasCause(INVALID);
    }

    @Test
    void aFailureCausedByAnInvalidStateIsFencing() {
        KafkaException error = new KafkaException("in an error state", INVALID);
        assertThat(AbortedTransaction.asFencing(error))
                .isInstanceOf(ProducerFencedException.class)
                .hasCause(error);
    }

    @Test
    void otherFailuresStayAsTheyAre() {
        KafkaException error = new KafkaException("something else", new NetworkException("gone"));
        assertThat(AbortedTransaction.asFencing(error)).isSameAs(error);
    }

    @Test
    void callbacksGetTheSameFailure() {
        List<Exception> told = new ArrayList<>();
        Callback callback = AbortedTransaction.asFencing((Callback) (metadata, failure) -> told.add(failure));
        NetworkException other = new NetworkException("gone");
        callback.onCompletion(null, INVALID);
        callback.onCompletion(null, other);
        callback.onCompletion(null, null);
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).isInstanceOf(ProducerFencedException.class);
        assertThat(told.get(1)).isSameAs(other);
        assertThat(told.get(2)).isNull();
    }
}
