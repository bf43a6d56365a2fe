package io.resnetstreams.compare;

import java.util.EnumMap;
import java.util.Map;

/**
 * Merges the outcomes of one source partition from the output topics, in source order.
 *
 * <p>Threading: one thread.
 */
final class SourceMerge {
    private final Map<OutcomeStream, OutcomeQueue> queues = new EnumMap<>(OutcomeStream.class);

    /** Merges a source partition whose outcomes are in these partitions, one of each topic. */
    SourceMerge(Map<OutcomeStream, ReadPartition> partitions) {
        partitions.forEach((stream, partition) -> queues.put(stream, new OutcomeQueue(partition)));
    }

    void add(OutcomeStream stream, SourceOutcome outcome, long recordOffset, OutcomeJoin.Listener listener) {
        if (queues.get(stream).add(outcome, recordOffset)) {
            listener.duplicates(stream, 1);
        }
    }

    /** Reports the events for which no topic can have another outcome. */
    void drain(OutcomeJoin.Listener listener) {
        for (long offset = firstComplete(); offset >= 0; offset = firstComplete()) {
            Map<OutcomeStream, SourceOutcome> outcomes = new EnumMap<>(OutcomeStream.class);
            for (Map.Entry<OutcomeStream, OutcomeQueue> queue : queues.entrySet()) {
                if (queue.getValue().head() == offset) {
                    OutcomeQueue.Waiting taken = queue.getValue().take();
                    outcomes.put(queue.getKey(), taken.outcome);
                    if (taken.duplicates > 0) {
                        listener.duplicates(queue.getKey(), taken.duplicates);
                    }
                }
            }
            listener.outcomes(outcomes);
        }
    }

    /** Returns the offset of the first event, or -1 if none waits or a topic may still have an outcome of it. */
    private long firstComplete() {
        long first = -1;
        for (OutcomeQueue queue : queues.values()) {
            long head = queue.head();
            if (head >= 0 && (first < 0 || head < first)) {
                first = head;
            }
        }
        for (OutcomeQueue queue : queues.values()) {
            if (first >= 0 && queue.head() < 0 && queue.mayStillHave(first)) {
                return -1;
            }
        }
        return first;
    }

    long waitingBytes() {
        return queues.values().stream().mapToLong(OutcomeQueue::waitingBytes).sum();
    }

    void postpone() {
        queues.values().forEach(OutcomeQueue::postpone);
    }

    Map<OutcomeStream, OutcomeQueue> queues() {
        return queues;
    }
}
