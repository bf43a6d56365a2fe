package io.resnetstreams.compare;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one output topic to a fixed end.
 *
 * <p>Threading: one thread.
 */
public interface OutcomeReader {
    int partitions();

    String topic();

    /** Reads these partitions, and no others, from the given record offsets on, or from the oldest record that is left. */
    void open(Map<Integer, Long> offsets);

    /**
     * Returns the next records of these partitions, each in offset order; none if none arrived within a moment. The other open
     * partitions are paused.
     */
    List<Item> poll(Set<Integer> partitions);

    /** Returns whether an open partition has been read to its end. */
    boolean isAtEnd(int partition);

    /**
     * A record.
     *
     * @param partition its partition of the topic
     * @param offset its own offset
     * @param outcome null if the record is malformed
     * @param fault the position and the reason if the record is malformed, otherwise null
     */
    record Item(int partition, long offset, SourceOutcome outcome, String fault) {}
}
