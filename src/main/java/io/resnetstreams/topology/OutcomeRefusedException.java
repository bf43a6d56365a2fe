package io.resnetstreams.topology;

import java.io.Serial;
import org.apache.kafka.common.KafkaException;

/** An output topic did not take an outcome. The message names the topic and partition, the event's position and the cause. */
public final class OutcomeRefusedException extends KafkaException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean mendable;

    /** @param mendable whether the event's next outcome has another form, which the topic may take */
    OutcomeRefusedException(String message, boolean mendable, Throwable cause) {
        super(message, cause);
        this.mendable = mendable;
    }

    boolean isMendable() {
        return mendable;
    }
}
