package io.resnetstreams.compare;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one output topic to an end that was fixed beforehand.
 *
 * <p>Threading: one thread.
 */
public interface OutcomeReader {
    /** Returns how many partitions the topic has. */
    int partitions();

    /** Returns the topic. */
    String topic();

    /** Turns to these partitions alone, each from this record offset on, or from the oldest record that is left. */
    void open(Map<Integer, Long> offsets);

    /**
     * Returns the next records of these partitions, each partition in its order; none where none came in a moment. Those of
     * other open partitions are kept for later.
     */
    List<Item> poll(Set<Integer> partitions);

    /** Returns whether an open partition was read to its end. */
    boolean isAtEnd(int partition);

    /**
     * A record.
     *
     * @param partition the topic's partition where it stands
     * @param offset its own offset
     * @param outcome what it says; null where it can't be read
     * @param fault where it stands and why it can't be read, else null
     */
    record Item(int partition, long offset, SourceOutcome outcome, String fault) {}
}
