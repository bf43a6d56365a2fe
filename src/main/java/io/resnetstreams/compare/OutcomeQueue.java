package io.resnetstreams.compare;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one output topic says of one source partition: outcomes in source order that the other topics have not come to
 * yet. An outcome of an event that is not behind all before it is a repetition.
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

    /** An outcome, with the repetitions that were read between it and the next. */
    static final class Waiting {
        private final SourceOutcome outcome;
        private final long recordOffset;
        private long repetitions;

        private Waiting(SourceOutcome outcome, long recordOffset) {
            this.outcome = outcome;
            this.recordOffset = recordOffset;
        }

        SourceOutcome outcome() {
            return outcome;
        }

        long repetitions() {
            return repetitions;
        }
    }

    /**
     * Takes in an outcome from the record at this offset of the output topic.
     *
     * @return whether it is a repetition that is to be counted now; others are counted with the outcome they follow
     */
    boolean add(SourceOutcome outcome, long recordOffset) {
        if (recordOffset < resumeAt) {
            return false;
        }
        if (outcome.offset() <= lastRead) {
            if (waiting.isEmpty()) {
                return true;
            }
            waiting.getLast().repetitions++;
            return false;
        }
        lastRead = outcome.offset();
        waiting.addLast(new Waiting(outcome, recordOffset));
        partition.addWaitingBytes(outcome.sizeInBytes());
        return false;
    }

    /** Returns the source offset of the first outcome that waits, or -1 where none does. */
    long head() {
        return waiting.isEmpty() ? -1 : waiting.getFirst().outcome.offset();
    }

    /** Returns whether an outcome of the event at this offset may still come. */
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

    /** Lets go of what waits, to read it again from {@link #resumeAt} on. */
    void postpone() {
        // A pass may begin before what this queue has done with, for the sake of another source partition.
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
