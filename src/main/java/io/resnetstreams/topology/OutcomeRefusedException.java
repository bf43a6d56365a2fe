package io.resnetstreams.topology;

import org.apache.kafka.common.KafkaException;

/** An output topic refused an outcome. The message names the topic and partition, the event's position and the cause. */
public final class OutcomeRefusedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    /** @param retriable whether the outcome can be written in another form, which the topic may accept */
    OutcomeRefusedException(String message, boolean retriable, Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
    }

    boolean isRetriable() {
        return retriable;
    }
}
