package io.resnetstreams.topology;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number and size of the events in all in-flight windows of an instance, compared with its limits.
 *
 * <p>Threading: each stream thread reserves and releases for its own windows; any thread may read.
 */
public final class InFlightBudget {
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

    /** Returns the number of events in flight. */
    public int events() {
        return events.get();
    }

    /** Returns the size of the events in flight, in bytes. */
    public long bytes() {
        return bytes.get();
    }
}
