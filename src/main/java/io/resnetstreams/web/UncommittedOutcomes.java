package io.resnetstreams.web;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What one stream thread has forwarded since its last commit: all timestamps and counts, and the last outcomes.
 *
 * <p>Threading: that thread alone.
 */
final class UncommittedOutcomes {
    private static final int FEW = 256;
    private static final int MANY = 1 << 16;

    private final OutcomeRing last = RecentOutcomes.pending();
    private final Map<RecentOutcomes.Kind, Long> deadLetters = new HashMap<>();
    private long[] timestamps = new long[FEW];
    private int events;
    private long dead;

    void add(long timestamp, RecentOutcome outcome) {
        if (events == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, events * 2);
        }
        timestamps[events++] = timestamp;
        if (outcome.rejection() != null) {
            dead++;
            deadLetters.merge(RecentOutcomes.Kind.of(outcome.rejection()), 1L, Long::sum);
        }
        last.add(outcome);
    }

    boolean isEmpty() {
        return events == 0;
    }

    long labels() {
        return events - dead;
    }

    void forEachTimestamp(LongConsumer each) {
        for (int i = 0; i < events; i++) {
            each.accept(timestamps[i]);
        }
    }

    /** Returns how many dead letters there are of each kind. */
    Map<RecentOutcomes.Kind, Long> deadLetters() {
        return deadLetters;
    }

    /** Returns the last outcomes, oldest first; they are the caller's from now on. */
    List<RecentOutcome> removeLast() {
        return last.removeAll();
    }

    void clear() {
        last.removeAll();
        deadLetters.clear();
        events = 0;
        dead = 0;
        if (timestamps.length > MANY) {
            timestamps = new long[FEW];
        }
    }
}
