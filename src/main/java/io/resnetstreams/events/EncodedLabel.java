package io.resnetstreams.events;

import org.apache.kafka.common.header.Headers;

/**
 * A label event with the value and the headers of its record. The device threads encode it, since a stream thread, which handles
 * all events of its partitions, would spend two fifths of its time on JSON.
 *
 * @param value the encoding of the event; must not be modified
 * @param headers those of the image event, with the names that {@link LabelEncoder} gives them, and those of the label
 * @param headerBytes the length of the headers' names and values in UTF-8
 */
public record EncodedLabel(LabelEvent event, byte[] value, Headers headers, int headerCount, long headerBytes)
        implements SingleOutcome {
    /** The event determines the encoding. */
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
        return event.origin().partition();
    }

    @Override
    public byte[] recordValue() {
        return value;
    }
}
