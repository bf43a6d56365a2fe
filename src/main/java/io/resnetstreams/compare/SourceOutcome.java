package io.resnetstreams.compare;

import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Part;
import org.apache.kafka.common.TopicPartition;

/**
 * The outcome of one event on an output topic.
 *
 * @param source the event's partition of the input topic
 * @param id the event's id; the key of a dead letter, null if it has none
 * @param part which of several images of the event it is for; null if the event has one
 * @param best the most probable label; null for a dead letter
 * @param imageSha256 the SHA-256 of the image that the event refers to; null if it is not known
 */
public record SourceOutcome(
        TopicPartition source, long offset, Part part, String id, LabelEvent.Label best, String imageSha256) {
    /** More images than an event of the largest size can have. */
    private static final int PART_BITS = 20;

    /** The memory of an outcome besides its longest text: objects, shorter texts, a slot in a queue. */
    private static final int OVERHEAD_BYTES = 320;

    /** Creates the outcome of an event that contains its only image. */
    public SourceOutcome(TopicPartition source, long offset, String id, LabelEvent.Label best) {
        this(source, offset, null, id, best, null);
    }

    /** Returns the event's position, such as {@code image-events-3@17}; with {@code #2} for the second of several images. */
    public String position() {
        return source + "@" + offset + (part == null ? "" : "#" + part.number());
    }

    /** Returns a number by which the outcomes of a partition are ordered. */
    long order() {
        return offset << PART_BITS | (part == null ? 0 : part.number());
    }

    /** Returns whether both outcomes are known to be of different images. */
    boolean isOfOtherImage(SourceOutcome other) {
        return imageSha256 != null && other.imageSha256 != null && !imageSha256.equals(other.imageSha256);
    }

    long sizeInBytes() {
        return OVERHEAD_BYTES + (id == null ? 0 : 2L * id.length());
    }
}
