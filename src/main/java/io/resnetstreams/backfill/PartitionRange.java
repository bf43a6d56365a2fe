package io.resnetstreams.backfill;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What of one partition a run is about.
 *
 * @param from the first offset
 * @param to the offset behind the last one
 * @param lastEvent the offset of the last event between them, -1 where there is none. Transaction markers, what compaction
 *     removed and what was aborted take offsets without being events, so it may lie well before {@code to}
 */
public record PartitionRange(int partition, long from, long to, long lastEvent) {
    /** Stands for no event. */
    static final long NONE = -1;

    /** Returns the offset behind the last event; {@code from} where there is none. */
    @JsonIgnore
    public long end() {
        return lastEvent == NONE ? from : lastEvent + 1;
    }

    /** Returns how many offsets lie from the beginning to the last event: at least as many as events. */
    @JsonIgnore
    public long offsets() {
        return end() - from;
    }

    /** Returns how many of these offsets are done where the group has committed so far. */
    long done(long committed) {
        return Math.max(0, Math.min(committed, end()) - from);
    }
}
