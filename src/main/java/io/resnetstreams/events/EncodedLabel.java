package io.resnetstreams.events;

/**
 * A label event with the bytes of its record. They are made by whoever found the label: a stream thread, which every event
 * of its partitions passes, spent two fifths of its time on JSON.
 *
 * @param json as of {@link LabelEventSerde}; not to be changed
 */
public record EncodedLabel(LabelEvent event, byte[] json) implements Outcome {
    /** Encodes a label event. */
    public static EncodedLabel of(LabelEvent event) {
        return new EncodedLabel(event, LabelEventSerde.write(event));
    }

    /** The JSON follows from the event. */
    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedLabel label && event.equals(label.event);
    }

    @Override
    public int hashCode() {
        return event.hashCode();
    }

    @Override
    public int sourcePartition() {
        return event.source().partition();
    }

    @Override
    public byte[] recordValue() {
        return json;
    }
}
