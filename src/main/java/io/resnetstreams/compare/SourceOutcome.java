package io.resnetstreams.compare;

import io.resnetstreams.events.LabelEvent;
import org.apache.kafka.common.TopicPartition;

/**
 * The outcome of one event on an output topic.
 *
 * @param source the event's partition of the input topic
 * @param id the event's id; the key of a dead letter, null if it has none
 * @param best the most probable label; null for a dead letter
 */
public record SourceOutcome(TopicPartition source, long offset, String id, LabelEvent.Label best) {
    /** The memory of an outcome besides its longest text: objects, shorter texts, a slot in a queue. */
    private static final int OVERHEAD_BYTES = 320;

    /** Returns the event's position, such as {@code image-events-3@17}. */
    public String position() {
        return source + "@" + offset;
    }

    long sizeInBytes() {
        return OVERHEAD_BYTES + (id == null ? 0 : 2L * id.length());
    }
}
