package io.resnetstreams.compare;

import io.resnetstreams.events.LabelEvent;
import org.apache.kafka.common.TopicPartition;

/**
 * What an output topic says of one event.
 *
 * @param source the partition of the input topic where the event stands
 * @param offset the event's offset there
 * @param id the event's id; of a dead letter its key, null where it has none
 * @param best the most probable label; null for a dead letter
 */
public record SourceOutcome(TopicPartition source, long offset, String id, LabelEvent.Label best) {
    /** What an outcome costs besides its longest text: objects, shorter texts, a slot in a queue. */
    private static final int OVERHEAD_BYTES = 320;

    /** Returns the event's place, such as {@code image-events-3@17}. */
    public String position() {
        return source + "@" + offset;
    }

    /** Returns about how many bytes of memory this holds. */
    long sizeInBytes() {
        return OVERHEAD_BYTES + (id == null ? 0 : 2L * id.length());
    }
}
