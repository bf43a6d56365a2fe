package io.resnetstreams.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Lowers the offsets that Kafka Streams commits to the oldest event still in flight. Kafka Streams takes an event as
 * consumed when {@code process} returns; with asynchronous batches it is not done by then.
 *
 * <p>Threading: stream threads open windows and commit, each for its own partitions; any thread may ask for the oldest
 * events.
 */
public final class CommitFrontier {
    private final InFlightBudget budget;
    private final Map<TopicPartition, InFlightWindow> windows = new ConcurrentHashMap<>();
    private final ClockSteps clock = new ClockSteps(System::currentTimeMillis, System::nanoTime);
    private final Map<Thread, StreamThreadSleep> sleepByThread = new ConcurrentHashMap<>();
    private final ThreadLocal<StreamThreadSleep> sleeps = ThreadLocal.withInitial(() -> {
        StreamThreadSleep mine = new StreamThreadSleep(System::nanoTime, clock);
        sleepByThread.put(Thread.currentThread(), mine);
        return mine;
    });
    private int stepsBackBefore;

    public CommitFrontier(InFlightBudget budget) {
        this.budget = budget;
    }

    /**
     * Opens the window of a partition for a new task, in place of any earlier one. What an earlier task of this instance left
     * does not count: others may have owned the partition since, and committed more.
     */
    InFlightWindow open(TopicPartition partition) {
        return windows.compute(partition, (same, earlier) -> new InFlightWindow(budget));
    }

    /**
     * Opens the window of a partition for a task that was suspended. Until its next event it holds the frontier of the window
     * before, since the task still commits what it had consumed by then.
     */
    InFlightWindow reopen(TopicPartition partition) {
        return windows.compute(
                partition, (same, earlier) -> earlier == null ? new InFlightWindow(budget) : earlier.successor());
    }

    /** Returns whether events of a partition are in flight; to be asked by the stream thread that owns it. */
    boolean isAnyInFlight(TopicPartition partition) {
        InFlightWindow window = windows.get(partition);
        return window != null && !window.isEmpty();
    }

    /**
     * Looks whether the wall clock was set back, and wakes the stream threads if it was: a poll that goes on would not end
     * before the clock has caught up. To be called every second or so, by one thread.
     */
    void lookAtClock() {
        int stepsBack = clock.look();
        sleepByThread.keySet().removeIf(thread -> !thread.isAlive());
        if (stepsBack != stepsBackBefore) {
            stepsBackBefore = stepsBack;
            sleepByThread.values().forEach(StreamThreadSleep::wakeUp);
        }
    }

    /** Returns the sleep of the stream thread that asks. */
    StreamThreadSleep sleep() {
        return sleeps.get();
    }

    /**
     * Returns the timestamp of the oldest event in flight, in milliseconds since the epoch, by partition; none for partitions
     * without any. Any thread may ask.
     */
    Map<TopicPartition, Long> oldestInFlight() {
        Map<TopicPartition, Long> oldest = new HashMap<>();
        windows.forEach((partition, window) -> {
            long timestamp = window.oldestTimestamp();
            if (timestamp != InFlightWindow.EMPTY) {
                oldest.put(partition, timestamp);
            }
        });
        return oldest;
    }

    /** Returns the offsets that may be committed where these were consumed. */
    Map<TopicPartition, OffsetAndMetadata> lower(Map<TopicPartition, OffsetAndMetadata> consumed) {
        Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>(consumed);
        committable.replaceAll(this::lower);
        return committable;
    }

    private OffsetAndMetadata lower(TopicPartition partition, OffsetAndMetadata consumed) {
        InFlightWindow window = windows.get(partition);
        long offset = window == null ? consumed.offset() : window.committable(consumed.offset());
        return offset == consumed.offset()
                ? consumed
                // The leader epoch belonged to the later record.
                : new OffsetAndMetadata(offset, Optional.empty(), consumed.metadata());
    }
}
