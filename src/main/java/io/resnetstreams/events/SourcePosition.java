package io.resnetstreams.events;

/** The position of an event in its input topic, and its timestamp in milliseconds since the epoch. */
public record SourcePosition(String topic, int partition, long offset, long timestamp) {
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
