package io.resnetstreams.metrics;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.SourcePosition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The outcomes that one stream thread has forwarded since its last commit. For each event only its timestamp is kept,
 * which takes a few nanoseconds. Threading: the stream thread only, except {@link #oldest}.
 */
public final class UncommittedOutcomes {
    /** The stage and code of a dead letter. */
    public record DeadLetterKind(String stage, String code) {}

    private static final int INITIAL_CAPACITY = 256;
    private static final int RETAINED_CAPACITY = 1 << 16;

    private final Map<DeadLetterKind, Long> deadLettersByKind = new HashMap<>();
    private long[] timestamps = new long[INITIAL_CAPACITY];
    private int size;
    private volatile SourcePosition oldest;

    void add(SourcePosition source, Outcome outcome) {
        if (size == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, 2 * size);
        }
        timestamps[size++] = source.timestamp();
        if (outcome instanceof DeadLetter dead) {
            deadLettersByKind.merge(new DeadLetterKind(dead.stage().wireName(), dead.code()), 1L, Long::sum);
        }
        if (oldest == null || source.timestamp() < oldest.timestamp()) {
            oldest = source;
        }
    }

    int size() {
        return size;
    }

    long deadLetters() {
        return deadLettersByKind.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the number of dead letters by kind. */
    public Map<DeadLetterKind, Long> deadLettersByKind() {
        return deadLettersByKind;
    }

    /** Passes on the timestamp of each event, in milliseconds since the epoch. */
    public void forEachTimestamp(LongConsumer action) {
        Arrays.stream(timestamps, 0, size).forEach(action);
    }

    /** Returns the position of the event with the least timestamp, or null if there is no event; any thread may call it. */
    SourcePosition oldest() {
        return oldest;
    }

    void clear() {
        deadLettersByKind.clear();
        size = 0;
        oldest = null;
        if (timestamps.length > RETAINED_CAPACITY) {
            timestamps = new long[INITIAL_CAPACITY];
        }
    }
}
