package io.resnetstreams.compare;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The outcomes of one source partition on one output topic that wait for the other topics, in source order. An outcome whose event
 * is not behind the events of all outcomes before it is a duplicate.
 *
 * <p>Threading: one thread.
 */
final class OutcomeQueue {
    private final ReadPartition partition;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long lastRead = -1;
    private long lastTaken = -1;
    private long resumeAt;

    OutcomeQueue(ReadPartition partition) {
        this.partition = partition;
    }

    /** An outcome, with the number of duplicates that were read between it and the next. */
    static final class Waiting {
        final SourceOutcome outcome;
        final long recordOffset;
        long duplicates;

        private Waiting(SourceOutcome outcome, long recordOffset) {
            this.outcome = outcome;
            this.recordOffset = recordOffset;
        }
    }

    /**
     * Adds the outcome of the record at this offset of the output topic.
     *
     * @return whether it is a duplicate that must be counted now; others are counted with the outcome before them
     */
    boolean add(SourceOutcome outcome, long recordOffset) {
        if (recordOffset < resumeAt) {
            return false;
        }
        if (outcome.offset() <= lastRead) {
            if (waiting.isEmpty()) {
                return true;
            }
            waiting.getLast().duplicates++;
            return false;
        }
        lastRead = outcome.offset();
        waiting.addLast(new Waiting(outcome, recordOffset));
        partition.addWaitingBytes(outcome.sizeInBytes());
        return false;
    }

    /** Returns the source offset of the first waiting outcome, or -1 if there is none. */
    long head() {
        return waiting.isEmpty() ? -1 : waiting.getFirst().outcome.offset();
    }

    /** Returns whether an outcome of the event at this offset may still be read. */
    boolean mayStillHave(long offset) {
        return lastRead < offset && !partition.isAtEnd();
    }

    Waiting take() {
        Waiting first = waiting.removeFirst();
        lastTaken = first.outcome.offset();
        partition.addWaitingBytes(-first.outcome.sizeInBytes());
        return first;
    }

    long waitingBytes() {
        return waiting.stream().mapToLong(entry -> entry.outcome.sizeInBytes()).sum();
    }

    /** Drops the waiting outcomes, which are read again from {@link #resumeAt} on. */
    void postpone() {
        // A pass may begin at an earlier record, which another source partition needs.
        resumeAt = waiting.isEmpty() ? Math.max(resumeAt, partition.readTo()) : waiting.getFirst().recordOffset;
        lastRead = lastTaken;
        partition.addWaitingBytes(-waitingBytes());
        waiting.clear();
    }

    /** Returns the offset of the first record that counts after {@link #postpone}. */
    long resumeAt() {
        return resumeAt;
    }

    ReadPartition partition() {
        return partition;
    }
}
