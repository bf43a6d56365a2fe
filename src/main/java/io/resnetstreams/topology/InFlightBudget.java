package io.resnetstreams.topology;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number and size of the events in all in-flight windows of an instance, compared with its limits.
 *
 * <p>Threading: each stream thread reserves and releases for its own windows; any thread may read.
 */
public final class InFlightBudget {
    private static final long FACTOR = 2;
    private static final long HARD_LIMIT = 2;

    private final InFlightLimits limits;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Creates a budget of which nothing is used. */
    public InFlightBudget(InFlightLimits limits) {
        this.limits = limits;
    }

    void reserve(long eventBytes) {
        events.incrementAndGet();
        bytes.addAndGet(eventBytes);
    }

    void release(long eventBytes) {
        events.decrementAndGet();
        bytes.addAndGet(-eventBytes);
    }

    /** Returns whether a limit is reached, so that no further event should be consumed for now. */
    public boolean isExhausted() {
        return events.get() >= limits.maxEvents() || bytes.get() >= limits.maxBytes();
    }

    /**
     * Returns whether events take so much that at most half as much is left for others, as a partition may whose oldest event is
     * slow (the dynamic threshold of Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998, with a factor of 2).
     */
    boolean leavesLittle(int ownEvents, long ownBytes) {
        return ownEvents >= FACTOR * ((long) limits.maxEvents() - events.get())
                || ownBytes >= FACTOR * (limits.maxBytes() - bytes.get());
    }

    /**
     * Returns whether a limit is reached for events that do not wait for another one. Those that do, of which there are so many,
     * count as two thirds of a limit at most, so that the rest is left; but nothing is consumed beyond twice a limit.
     */
    boolean isExhausted(long waitingEvents, long waitingBytes) {
        return isExhausted(limits.maxEvents(), events.get(), waitingEvents)
                || isExhausted(limits.maxBytes(), bytes.get(), waitingBytes);
    }

    private static boolean isExhausted(long limit, long used, long waiting) {
        long counted = used - waiting + Math.min(waiting, limit * FACTOR / (FACTOR + 1));
        return counted >= limit || used >= HARD_LIMIT * limit;
    }

    /** Returns the number of events in flight. */
    public int events() {
        return events.get();
    }

    /** Returns the size of the events in flight, in bytes. */
    public long bytes() {
        return bytes.get();
    }
}
