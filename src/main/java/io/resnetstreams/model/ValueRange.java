package io.resnetstreams.model;

/** The least and the greatest of values. */
record ValueRange(float low, float high) {
    ValueRange union(ValueRange other) {
        return new ValueRange(Math.min(low, other.low), Math.max(high, other.high));
    }
}
