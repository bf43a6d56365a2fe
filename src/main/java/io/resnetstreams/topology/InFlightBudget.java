package io.resnetstreams.topology;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all in-flight windows of an instance hold together, against its limits.
 *
 * <p>Threading: each stream thread takes and gives back for its own windows; any thread may read.
 */
public final class InFlightBudget {
    private final InFlightLimits limits;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    public InFlightBudget(InFlightLimits limits) {
        this.limits = limits;
    }

    void take(long eventBytes) {
        events.incrementAndGet();
        bytes.addAndGet(eventBytes);
    }

    void giveBack(long eventBytes) {
        events.decrementAndGet();
        bytes.addAndGet(-eventBytes);
    }

    /** Returns whether no further event should be consumed for now. */
    public boolean isExhausted() {
        return events.get() >= limits.maxEvents() || bytes.get() >= limits.maxBytes();
    }

    public int events() {
        return events.get();
    }

    public long bytes() {
        return bytes.get();
    }
}
