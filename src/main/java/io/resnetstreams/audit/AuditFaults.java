package io.resnetstreams.audit;

import io.resnetstreams.audit.TopicAudit.Fault;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.TopicScan.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts each kind of fault, and keeps the first positions. Threading: one thread. */
final class AuditFaults {
    private static final int MAX_EXAMPLES = 10;

    private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final Map<Fault, List<String>> examples = new EnumMap<>(Fault.class);

    /** Returns a copy to which more faults can be added. */
    AuditFaults copy() {
        AuditFaults copy = new AuditFaults();
        copy.counts.putAll(counts);
        examples.forEach((fault, places) -> copy.examples.put(fault, new ArrayList<>(places)));
        return copy;
    }

    void found(Fault fault, String example) {
        found(fault, 1, List.of(example));
    }

    /** Adds several faults, some with a known position. */
    void found(Fault fault, long count, List<String> some) {
        if (count > 0) {
            counts.merge(fault, count, Long::sum);
            List<String> known = examples.computeIfAbsent(fault, key -> new ArrayList<>());
            some.stream().limit(MAX_EXAMPLES - known.size()).map(PlainText::of).forEach(known::add);
        }
    }

    /** Adds a fault for each bit of a partition. */
    void foundAll(Fault fault, String topic, int number, AuditedPartition partition, BitSet bits) {
        List<String> some = bits.stream()
                .limit(MAX_EXAMPLES)
                .mapToObj(bit -> new SourcePosition(topic, number, partition.begin + bit, 0).toString())
                .toList();
        found(fault, bits.cardinality(), some);
    }

    /** Adds the gaps before a partition's range and a committed offset beyond its end; returns the number of gaps. */
    int foundExpired(String name, AuditedPartition partition, long largestHole) {
        List<Range> gaps = partition.gaps(largestHole);
        for (Range gap : gaps) {
            found(
                    Fault.DELETED_UNREAD,
                    gap.end() - gap.begin(),
                    List.of(name + "@" + gap.begin() + " to " + (gap.end() - 1)));
        }
        if (partition.isCommittedBeyondEnd()) {
            found(
                    Fault.BEYOND_END,
                    name + " ends at " + partition.ghostsFrom + ", committed is " + partition.committed.getAsLong());
        }
        return gaps.size();
    }

    /** Removes the faults of a kind, and returns their number. */
    long remove(Fault fault) {
        examples.remove(fault);
        Long count = counts.remove(fault);
        return count == null ? 0 : count;
    }

    Map<Fault, List<String>> examples() {
        return examples;
    }

    long count(Fault fault) {
        return counts.getOrDefault(fault, 0L);
    }
}
