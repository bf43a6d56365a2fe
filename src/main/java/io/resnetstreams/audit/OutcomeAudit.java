package io.resnetstreams.audit;

import io.resnetstreams.events.SourcePosition;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds outcomes against events, by source position: lost, doubled, out of order within their partition.
 *
 * <p>Threading: none; its owner guards it.
 */
final class OutcomeAudit {
    /** What is known of one partition; offsets of a Kafka partition fit an int in any audit that fits memory. */
    private static final class Partition {
        private final BitSet expected = new BitSet();
        private final BitSet seen = new BitSet();
        private final Map<String, Long> lastSeenByTopic = new HashMap<>();
    }

    private final Map<Integer, Partition> partitions = new HashMap<>();
    private long events;
    private long outcomes;
    private long duplicates;
    private long outOfOrder;

    /** An event was acknowledged at this place. */
    void expect(int partition, long offset) {
        partition(partition).expected.set(Math.toIntExact(offset));
        events++;
    }

    /** An outcome was read from a topic, in its partition's order. */
    void saw(String topic, SourcePosition source) {
        Partition partition = partition(source.partition());
        int offset = Math.toIntExact(source.offset());
        if (partition.seen.get(offset)) {
            duplicates++;
            return;
        }
        partition.seen.set(offset);
        outcomes++;
        Long last = partition.lastSeenByTopic.put(topic, source.offset());
        if (last != null && last > source.offset()) {
            outOfOrder++;
        }
    }

    long events() {
        return events;
    }

    /** Returns how many events have at least one outcome. */
    long outcomes() {
        return outcomes;
    }

    long duplicates() {
        return duplicates;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    /** Returns how many events have no outcome. */
    long lost() {
        long lost = 0;
        for (Partition partition : partitions.values()) {
            BitSet missing = (BitSet) partition.expected.clone();
            missing.andNot(partition.seen);
            lost += missing.cardinality();
        }
        return lost;
    }

    /** Returns for each partition, by number, how many of its events have an outcome, and how many it has. */
    Map<Integer, long[]> progress() {
        Map<Integer, long[]> progress = new TreeMap<>();
        partitions.forEach((number, partition) ->
                progress.put(number, new long[] {partition.seen.cardinality(), partition.expected.cardinality()}));
        return progress;
    }

    private Partition partition(int number) {
        return partitions.computeIfAbsent(number, key -> new Partition());
    }
}
