package io.resnetstreams.backfill;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * The range of a run in one partition.
 *
 * @param from the first offset
 * @param to the offset behind the last one
 * @param lastEvent the offset of the last event of the range, -1 if there is none; it may lie well before {@code to}, since
 *     transaction markers, aborted records, and records that compaction removed take offsets too
 */
public record PartitionRange(int partition, long from, long to, long lastEvent) {
    /** The value of {@code lastEvent} for no event. */
    static final long NONE = -1;

    /** Returns the offset behind the last event; {@code from} if there is none. */
    @JsonIgnore
    public long end() {
        return lastEvent == NONE ? from : lastEvent + 1;
    }

    /** Returns the number of offsets to the last event, which is at least the number of events. */
    @JsonIgnore
    public long offsets() {
        return end() - from;
    }

    /** Returns the number of these offsets that are done, given the committed offset of the group. */
    long done(long committed) {
        return Math.max(0, Math.min(committed, end()) - from);
    }
}
