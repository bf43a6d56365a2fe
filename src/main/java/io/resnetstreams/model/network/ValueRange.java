package io.resnetstreams.model.network;

/** The least and the greatest of values. */
public record ValueRange(float low, float high) {
    public ValueRange union(ValueRange other) {
        return new ValueRange(Math.min(low, other.low), Math.max(high, other.high));
    }
}
