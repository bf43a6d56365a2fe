package io.resnetstreams.compare;

/**
 * The state of reading one partition of an output topic.
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

    long readTo() {
        return readTo;
    }

    void readTo(long offset) {
        readTo = offset;
    }

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
