package io.resnetstreams.web;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The last outcomes, bounded in number, and in the bytes of the events they hold: the oldest lose their events first.
 *
 * <p>Threading: none; its owner sees to it.
 */
final class OutcomeRing {
    private final int mostOutcomes;
    private final long mostBytes;
    private final ArrayDeque<RecentOutcome> outcomes = new ArrayDeque<>();
    /** Those that hold their event, oldest first. */
    private final ArrayDeque<RecentOutcome> heavy = new ArrayDeque<>();

    private long bytes;

    OutcomeRing(int mostOutcomes, long mostBytes) {
        this.mostOutcomes = mostOutcomes;
        this.mostBytes = mostBytes;
    }

    void add(RecentOutcome outcome) {
        outcomes.addLast(outcome);
        if (outcome.bytes() > 0) {
            heavy.addLast(outcome);
            bytes += outcome.bytes();
        }
        while (bytes > mostBytes) {
            lighten();
        }
        if (outcomes.size() > mostOutcomes && Objects.equals(outcomes.removeFirst(), heavy.peekFirst())) {
            lighten();
        }
    }

    private void lighten() {
        RecentOutcome oldest = heavy.removeFirst();
        bytes -= oldest.bytes();
        oldest.dropEvent();
    }

    /** Returns all, oldest first, and forgets them; they keep their events. */
    List<RecentOutcome> removeAll() {
        List<RecentOutcome> all = new ArrayList<>(outcomes);
        outcomes.clear();
        heavy.clear();
        bytes = 0;
        return all;
    }

    /** Returns at most so many of the newest that are wanted and come after a number, newest first. */
    List<RecentOutcome> newest(long after, int most, Predicate<RecentOutcome> wanted) {
        List<RecentOutcome> found = new ArrayList<>();
        var newestFirst = outcomes.descendingIterator();
        while (newestFirst.hasNext() && found.size() < most) {
            RecentOutcome outcome = newestFirst.next();
            if (outcome.number() <= after) {
                break;
            }
            if (wanted.test(outcome)) {
                found.add(outcome);
            }
        }
        return found;
    }

    long bytes() {
        return bytes;
    }
}
