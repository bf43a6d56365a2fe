package io.resnetstreams.compare;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Merges the outcomes of one source partition from the output topics, in source order. Threading: one thread. */
final class SourceMerge {
    private final Map<OutcomeStream, Queue> queues = new EnumMap<>(OutcomeStream.class);

    /** Merges a source partition whose outcomes are in these partitions, one of each topic. */
    SourceMerge(Map<OutcomeStream, ReadPartition> partitions) {
        partitions.forEach((stream, partition) -> queues.put(stream, new Queue(partition)));
    }

    /** The state of reading one partition of an output topic. */
    static final class ReadPartition {
        final int number;
        long readTo;
        long waitingBytes;
        private final OutcomeReader reader;

        ReadPartition(OutcomeReader reader, int number) {
            this.reader = reader;
            this.number = number;
        }

        boolean isAtEnd() {
            return reader.isAtEnd(number);
        }

        @Override
        public String toString() {
            return reader.topic() + "-" + number;
        }
    }

    /** An outcome, with the number of duplicates that were read between it and the next. */
    private static final class Waiting {
        private final SourceOutcome outcome;
        private final long recordOffset;
        private long duplicates;

        Waiting(SourceOutcome outcome, long recordOffset) {
            this.outcome = outcome;
            this.recordOffset = recordOffset;
        }
    }

    /** Outcomes of one output topic that wait for those of the others; offsets that do not ascend are duplicates. */
    private static final class Queue {
        private final ReadPartition partition;
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private long lastRead = -1;
        private long lastTaken = -1;
        private long resumeAt;

        Queue(ReadPartition partition) {
            this.partition = partition;
        }

        /** Returns whether it is a duplicate that must be counted now; others are counted with the one before. */
        boolean add(SourceOutcome outcome, long recordOffset) {
            if (recordOffset < resumeAt) {
                return false;
            }
            if (outcome.order() <= lastRead) {
                if (waiting.isEmpty()) {
                    return true;
                }
                waiting.getLast().duplicates++;
                return false;
            }
            lastRead = outcome.order();
            waiting.addLast(new Waiting(outcome, recordOffset));
            partition.waitingBytes += outcome.sizeInBytes();
            return false;
        }

        /** Returns the order of the first waiting outcome, or -1 if there is none. */
        long head() {
            return waiting.isEmpty() ? -1 : waiting.getFirst().outcome.order();
        }

        /** Returns whether an outcome of this order may still be read. */
        boolean mayStillHave(long offset) {
            return head() < 0 && lastRead < offset && !partition.isAtEnd();
        }

        Waiting take() {
            Waiting first = waiting.removeFirst();
            lastTaken = first.outcome.order();
            partition.waitingBytes -= first.outcome.sizeInBytes();
            return first;
        }

        long waitingBytes() {
            return waiting.stream()
                    .mapToLong(entry -> entry.outcome.sizeInBytes())
                    .sum();
        }

        void postpone() {
            // A pass may begin at an earlier record, which another source partition needs.
            resumeAt = waiting.isEmpty() ? Math.max(resumeAt, partition.readTo) : waiting.getFirst().recordOffset;
            lastRead = lastTaken;
            partition.waitingBytes -= waitingBytes();
            waiting.clear();
        }
    }

    /** Adds the outcome of the record at this offset of the output topic. */
    void add(OutcomeStream stream, SourceOutcome outcome, long recordOffset, OutcomeJoin.Listener listener) {
        if (queues.get(stream).add(outcome, recordOffset)) {
            listener.duplicates(stream, 1);
        }
    }

    /** Reports the events for which no topic can have another outcome. */
    void drain(OutcomeJoin.Listener listener) {
        for (long offset = firstComplete(); offset >= 0; offset = firstComplete()) {
            Map<OutcomeStream, SourceOutcome> outcomes = new EnumMap<>(OutcomeStream.class);
            for (Map.Entry<OutcomeStream, Queue> queue : queues.entrySet()) {
                if (queue.getValue().head() == offset) {
                    Waiting taken = queue.getValue().take();
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
        long first = queues.values().stream()
                .mapToLong(Queue::head)
                .filter(head -> head >= 0)
                .min()
                .orElse(-1);
        return queues.values().stream().anyMatch(queue -> queue.mayStillHave(first)) ? -1 : first;
    }

    long waitingBytes() {
        return queues.values().stream().mapToLong(Queue::waitingBytes).sum();
    }

    /** Drops the waiting outcomes, which are read again from {@link #resumeOffsets} on. */
    void postpone() {
        queues.values().forEach(Queue::postpone);
    }

    /** Lowers the offsets to those of the first records that count after {@link #postpone}, by partition. */
    void resumeOffsets(Map<OutcomeStream, Map<Integer, Long>> offsets) {
        queues.forEach((stream, queue) -> offsets.computeIfAbsent(stream, key -> new HashMap<>())
                .merge(queue.partition.number, queue.resumeAt, Math::min));
    }
}
