package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/**
 * The events of one partition that were consumed and whose outcomes are not yet forwarded, in offset order. Its head is
 * the commit frontier: nothing from there on may be committed.
 *
 * <p>Threading: only the stream thread that owns the partition's task touches it, but for {@link #oldestTimestamp}.
 * Outcomes complete on other threads and reach it through their futures.
 */
final class InFlightWindow {
    private static final long NONE = -1;
    /** Below any timestamp that Kafka takes. */
    static final long EMPTY = Long.MIN_VALUE;

    private record Entry(RawEvent event, CompletableFuture<Outcome> outcome) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final InFlightBudget budget;
    /** No offset beyond this one may be committed: left by events that were given up. */
    private long abandonedFrom = NONE;
    /** Written by the stream thread, read by any. */
    private volatile long oldestTimestamp = EMPTY;

    InFlightWindow(InFlightBudget budget) {
        this.budget = budget;
    }

    /**
     * Returns an empty window for the same task, which keeps the frontier until the first event comes or is passed over: from
     * then on it is known that consumption began again at the committed offset.
     */
    InFlightWindow successor() {
        InFlightWindow successor = new InFlightWindow(budget);
        successor.abandonedFrom = abandonedFrom;
        return successor;
    }

    /** Takes in an event, which must lie behind all others. */
    void add(RawEvent event, CompletableFuture<Outcome> outcome) {
        if (!entries.isEmpty()
                && entries.peekLast().event.source().offset() >= event.source().offset()) {
            throw new IllegalStateException("event " + event.source() + " comes after "
                    + entries.peekLast().event.source() + "; offsets must ascend");
        }
        if (entries.isEmpty()) {
            oldestTimestamp = event.source().timestamp();
        }
        entries.addLast(new Entry(event, outcome));
        abandonedFrom = NONE;
        budget.take(event.sizeInBytes());
    }

    /** An event behind all others gets no outcome. */
    void passOver() {
        abandonedFrom = NONE;
    }

    /** Returns whether the event at this offset was the last one taken in, and is still there. */
    boolean isLast(long offset) {
        return !entries.isEmpty() && entries.peekLast().event.source().offset() == offset;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** Returns whether the oldest event has its outcome. */
    boolean isHeadFinished() {
        Entry head = entries.peekFirst();
        return head != null && head.outcome.isDone();
    }

    /** Returns the oldest event. */
    RawEvent head() {
        return entries.getFirst().event;
    }

    /**
     * Returns the outcome of the oldest event.
     *
     * @throws java.util.concurrent.CompletionException if the instance has to end
     */
    Outcome headOutcome() {
        return entries.getFirst().outcome.join();
    }

    /** Removes the oldest event; only after its outcome was forwarded, since it may be committed from then on. */
    void removeHead() {
        budget.giveBack(entries.removeFirst().event.sizeInBytes());
        oldestTimestamp = entries.isEmpty() ? EMPTY : head().source().timestamp();
    }

    /** Returns the oldest event's timestamp in milliseconds since the epoch, or {@link #EMPTY}; any thread may ask. */
    long oldestTimestamp() {
        return oldestTimestamp;
    }

    /** Returns the offset that may be committed, given what Kafka Streams has consumed: the next one to be processed. */
    long committable(long consumed) {
        if (abandonedFrom != NONE) {
            return Math.min(consumed, abandonedFrom);
        }
        return entries.isEmpty()
                ? consumed
                : Math.min(consumed, entries.peekFirst().event.source().offset());
    }

    /**
     * Gives up what is in flight: whoever owns the partition next consumes it again. The frontier stays where it is, so
     * that no commit after this one can pass it.
     */
    void abandon() {
        if (!entries.isEmpty()) {
            abandonedFrom = head().source().offset();
        }
        for (Entry entry : entries) {
            entry.outcome.cancel(false);
            budget.giveBack(entry.event.sizeInBytes());
        }
        entries.clear();
        oldestTimestamp = EMPTY;
    }
}
