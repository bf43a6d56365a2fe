package io.resnetstreams.compare;

/**
 * A partition of an output topic while it is read.
 *
 * <p>Threading: one thread.
 */
final class ReadPartition {
    private final OutcomeReader reader;
    private final int number;
    private long readTo;
    private long waitingBytes;

    ReadPartition(OutcomeReader reader, int number) {
        this.reader = reader;
        this.number = number;
    }

    int number() {
        return number;
    }

    boolean isAtEnd() {
        return reader.isAtEnd(number);
    }

    /** Returns the offset of the first record that was not read yet. */
    long readTo() {
        return readTo;
    }

    void readTo(long offset) {
        readTo = offset;
    }

    /** Returns about how much memory is held by its outcomes that wait. */
    long waitingBytes() {
        return waitingBytes;
    }

    void addWaitingBytes(long bytes) {
        waitingBytes += bytes;
    }

    @Override
    public String toString() {
        return reader.topic() + "-" + number;
    }
}
