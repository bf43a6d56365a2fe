package io.resnetstreams.topology;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link StreamThreadPoll} of each stream thread of an instance.
 *
 * <p>Threading: stream threads ask for their own; one other thread calls {@link #checkClock}.
 */
final class StreamThreadPolls {
    private final ClockSteps clock = new ClockSteps(System::currentTimeMillis, System::nanoTime);
    private final Map<Thread, StreamThreadPoll> byThread = new ConcurrentHashMap<>();
    private final Duration commitInterval;
    private int stepsBackBefore;

    StreamThreadPolls(Duration commitInterval) {
        this.commitInterval = commitInterval;
    }

    StreamThreadPoll ofThisThread() {
        return byThread.computeIfAbsent(
                Thread.currentThread(), thread -> new StreamThreadPoll(System::nanoTime, clock, commitInterval));
    }

    /**
     * Checks whether the wall clock was set back, and if so interrupts the polls of all threads, which would otherwise last
     * until the clock has caught up. To be called about every second.
     */
    void checkClock() {
        int stepsBack = clock.look();
        byThread.keySet().removeIf(thread -> !thread.isAlive());
        if (stepsBack != stepsBackBefore) {
            stepsBackBefore = stepsBack;
            byThread.values().forEach(StreamThreadPoll::interrupt);
        }
    }
}
