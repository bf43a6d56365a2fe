package io.resnetstreams.events;

/**
 * A label event with the bytes of its record. The device threads encode it, since a stream thread, which handles all events of
 * its partitions, would spend two fifths of its time on JSON.
 *
 * @param json the encoding of the event; must not be modified
 */
public record EncodedLabel(LabelEvent event, byte[] json) implements Outcome {
    /** Encodes a label event. */
    public static EncodedLabel of(LabelEvent event) {
        return new EncodedLabel(event, event.toJson());
    }

    /** The event determines the JSON. */
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
