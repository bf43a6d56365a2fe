package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

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
}
