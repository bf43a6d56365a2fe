package io.resnetstreams.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.resnetstreams.events.SourcePosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one stream thread has forwarded since its last commit. It costs an event a few nanoseconds: a timestamp is kept, and
 * all else is counted at the commit.
 *
 * <p>Threading: the stream thread alone, but for {@link #oldestTimestamp}.
 */
final class Uncommitted {
    /** Below any timestamp that Kafka takes. */
    static final long NONE = Long.MIN_VALUE;

    private static final int FEW = 256;

    private long[] timestamps = new long[FEW];
    private int events;
    private final List<CounterDataPoint> deadLetters = new ArrayList<>();
    private SourcePosition oldest;
    /** Of {@link #oldest}, for other threads. */
    private volatile long oldestTimestamp = NONE;

    /** An outcome was forwarded; {@code deadLetter} is the counter to raise when it is committed, null for a label. */
    void add(SourcePosition source, CounterDataPoint deadLetter) {
        if (events == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, 2 * events);
        }
        timestamps[events++] = source.timestamp();
        if (deadLetter != null) {
            deadLetters.add(deadLetter);
        }
        if (oldest == null || source.timestamp() < oldest.timestamp()) {
            oldest = source;
            oldestTimestamp = source.timestamp();
        }
    }

    int events() {
        return events;
    }

    /** Returns the timestamp of one of the events, in milliseconds since the epoch. */
    long timestamp(int index) {
        return timestamps[index];
    }

    /** Returns the counters of the dead letters among them, one for each. */
    List<CounterDataPoint> deadLetters() {
        return deadLetters;
    }

    /** Returns the position of the event with the least timestamp, or null while there is none. */
    SourcePosition oldest() {
        return oldest;
    }

    /** Returns the least timestamp, or {@link #NONE}; any thread may ask. */
    long oldestTimestamp() {
        return oldestTimestamp;
    }

    void clear() {
        events = 0;
        deadLetters.clear();
        oldest = null;
        oldestTimestamp = NONE;
    }
}
