package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/**
 * The events of one partition that were consumed and whose outcomes are not yet forwarded, in offset order. Its head is
 * the commit frontier: neither the head nor any later event may be committed.
 *
 * <p>Threading: only the stream thread of the partition's task uses it, except for {@link #oldestTimestamp}.
 */
final class InFlightWindow {
    private static final long NONE = -1;
    /** Less than any timestamp that Kafka accepts. */
    static final long EMPTY = Long.MIN_VALUE;

    /** The number and size of events that have their outcomes, but wait for the oldest event of their partition. */
    record Waiting(int events, long bytes) {
        static final Waiting NONE = new Waiting(0, 0);
    }

    private record Entry(RawEvent event, long bytes, CompletableFuture<Outcome> outcome) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final InFlightBudget budget;
    private long bytes;
    /** No higher offset may be committed, since the events from here on were abandoned. */
    private long abandonedFrom = NONE;

    private long committed = NONE;
    /** The events that wait for the oldest one, as last determined; written by the stream thread, read by any. */
    private volatile Waiting waiting = Waiting.NONE;
    /** Written by the stream thread, read by any. */
    private volatile long oldestTimestamp = EMPTY;

    InFlightWindow(InFlightBudget budget) {
        this.budget = budget;
    }

    /**
     * Returns an empty window for the same task after it was suspended. It keeps the frontier until the first event is
     * added or skipped, which shows that the task consumes from its committed offset again.
     */
    InFlightWindow reopened() {
        InFlightWindow reopened = new InFlightWindow(budget);
        reopened.abandonedFrom = abandonedFrom;
        return reopened;
    }

    /** Adds an event, whose offset must be higher than all others. */
    void add(RawEvent event, CompletableFuture<Outcome> outcome) {
        if (!entries.isEmpty()
                && entries.peekLast().event.source().offset() >= event.source().offset()) {
            throw new IllegalStateException("event " + event.source() + " comes after "
                    + entries.peekLast().event.source() + "; offsets must ascend");
        }
        if (entries.isEmpty()) {
            oldestTimestamp = event.source().timestamp();
        }
        long size = event.sizeInBytes();
        entries.addLast(new Entry(event, size, outcome));
        abandonedFrom = NONE;
        bytes += size;
        budget.reserve(size);
    }

    /** Notes that an event after all others gets no outcome. */
    void skip() {
        abandonedFrom = NONE;
    }

    /** Returns whether the event at this offset was the last one added, and is still in flight. */
    boolean isLast(long offset) {
        return !entries.isEmpty() && entries.peekLast().event.source().offset() == offset;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** Returns the outcome of the oldest event, which need not have completed; null if the window is empty. */
    CompletableFuture<Outcome> awaited() {
        Entry head = entries.peekFirst();
        return head == null ? null : head.outcome;
    }

    boolean isHeadFinished() {
        Entry head = entries.peekFirst();
        return head != null && head.outcome.isDone();
    }

    /**
     * Determines whether its events take most of the budget and most of them have their outcomes, which wait for the oldest event:
     * its image is slow to fetch. If more were consumed, the partition would leave nothing to the others.
     */
    boolean waitsForItsHead() {
        boolean waits = budget.leavesLittle(entries.size(), bytes)
                && !isHeadFinished()
                && entries.stream().filter(entry -> entry.outcome.isDone()).count() > entries.size() / 2;
        waiting = waits ? new Waiting(entries.size(), bytes) : Waiting.NONE;
        return waits;
    }

    /** Returns the events that wait for the oldest one, as {@link #waitsForItsHead} last found; any thread may call it. */
    Waiting waiting() {
        return waiting;
    }

    RawEvent head() {
        return entries.getFirst().event;
    }

    /** Returns the outcome of the oldest event; throws CompletionException if the instance has to end. */
    Outcome headOutcome() {
        return entries.getFirst().outcome.join();
    }

    /** Removes the oldest event, after which it may be committed; its outcome must have been forwarded. */
    void removeHead() {
        long size = entries.removeFirst().bytes;
        bytes -= size;
        budget.release(size);
        oldestTimestamp = entries.isEmpty() ? EMPTY : head().source().timestamp();
    }

    /** Returns the oldest event's timestamp in milliseconds since the epoch, or {@link #EMPTY}; any thread may call it. */
    long oldestTimestamp() {
        return oldestTimestamp;
    }

    /** Returns the offset that may be committed, given the offset that Kafka Streams would commit. */
    long committable(long consumed) {
        if (abandonedFrom != NONE) {
            return Math.min(consumed, abandonedFrom);
        }
        return entries.isEmpty()
                ? consumed
                : Math.min(consumed, entries.peekFirst().event.source().offset());
    }

    /** Returns the offset that the window's task has committed last; -1 if none. */
    long committed() {
        return committed;
    }

    void committed(long offset) {
        committed = offset;
    }

    /**
     * Abandons the events in flight, which the partition's next owner consumes again. The frontier stays where it is, so
     * that no later commit can pass it.
     */
    void abandon() {
        if (!entries.isEmpty()) {
            abandonedFrom = head().source().offset();
        }
        for (Entry entry : entries) {
            entry.outcome.cancel(false);
            budget.release(entry.bytes);
        }
        entries.clear();
        bytes = 0;
        waiting = Waiting.NONE;
        oldestTimestamp = EMPTY;
    }
}
