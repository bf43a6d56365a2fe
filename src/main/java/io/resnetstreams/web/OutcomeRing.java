package io.resnetstreams.web;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The latest outcomes. Their number is bounded, and so are the bytes of the events that they hold: the oldest outcomes drop
 * their events first. Not thread-safe.
 */
final class OutcomeRing {
    private final int mostOutcomes;
    private final long mostBytes;
    /** Newest first. */
    private final ArrayDeque<RecentOutcome> outcomes = new ArrayDeque<>();
    /** The outcomes that hold their event, oldest first. */
    private final ArrayDeque<RecentOutcome> withEvent = new ArrayDeque<>();

    private long bytes;

    OutcomeRing(int mostOutcomes, long mostBytes) {
        this.mostOutcomes = mostOutcomes;
        this.mostBytes = mostBytes;
    }

    void add(RecentOutcome outcome) {
        outcomes.addFirst(outcome);
        if (outcome.bytes() > 0) {
            withEvent.addLast(outcome);
            bytes += outcome.bytes();
        }
        while (bytes > mostBytes) {
            dropOldestEvent();
        }
        if (outcomes.size() > mostOutcomes && Objects.equals(outcomes.removeLast(), withEvent.peekFirst())) {
            dropOldestEvent();
        }
    }

    private void dropOldestEvent() {
        RecentOutcome oldest = withEvent.removeFirst();
        bytes -= oldest.bytes();
        oldest.dropEvent();
    }

    /** Removes all outcomes and returns them, oldest first, with their events. */
    List<RecentOutcome> removeAll() {
        List<RecentOutcome> all = new ArrayList<>(outcomes);
        Collections.reverse(all);
        outcomes.clear();
        withEvent.clear();
        bytes = 0;
        return all;
    }

    /** Returns the newest outcomes that have a greater number and match, newest first; at most {@code most}. */
    List<RecentOutcome> newest(long after, int most, Predicate<RecentOutcome> wanted) {
        return outcomes.stream()
                .takeWhile(outcome -> outcome.number() > after)
                .filter(wanted)
                .limit(most)
                .toList();
    }

    Optional<RecentOutcome> find(long number) {
        return outcomes.stream().filter(outcome -> outcome.number() == number).findFirst();
    }
}
