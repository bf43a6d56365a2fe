package io.resnetstreams.compare;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads one output topic to a fixed end. Threading: one thread. */
public interface OutcomeReader {
    int partitions();

    String topic();

    /** Reads these partitions, and no others, from the given record offsets on, or from the oldest record that is left. */
    void open(Map<Integer, Long> offsets);

    /** Returns the next records of these partitions, in offset order, or none for now; the others are paused. */
    List<Item> poll(Set<Integer> partitions);

    /** Returns whether an open partition has been read to its end. */
    boolean isAtEnd(int partition);

    /** A record at its own partition and offset: its outcome, or null and the fault with its position. */
    record Item(int partition, long offset, SourceOutcome outcome, String fault) {}
}
