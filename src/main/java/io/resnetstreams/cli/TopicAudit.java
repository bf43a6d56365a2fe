package io.resnetstreams.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.events.SourcePosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds what is on the output topics against a range of the input topic, by source position. Memory: three bits an event,
 * and eight bytes for each dead letter.
 *
 * <p>The range is told first, then dead letters and labels, each topic partition in its order, then the events.
 *
 * <p>Threading: one thread.
 */
final class TopicAudit {
    private static final int MOST_EXAMPLES = 10;

    private final Map<Integer, Partition> partitions = new HashMap<>();
    private final Faults faults = new Faults();
    private final boolean bounded;
    private long events;
    private long labels;
    private long deadLetters;
    private long judged;

    /** Leaves out the outcomes of events outside the range, of which some are always there while a pipeline runs. */
    TopicAudit() {
        this(false);
    }

    /**
     * Says what outcomes of events outside the range are.
     *
     * @param bounded whether they are ghosts, since there should be none; else they are left out
     */
    TopicAudit(boolean bounded) {
        this.bounded = bounded;
    }

    /** What can be wrong. */
    enum Fault {
        /** An event without outcome. */
        LOST,
        /** A second label, or a second dead letter, of one event. */
        DUPLICATE,
        /** An outcome after one of a later event, in its partition of its topic. */
        OUT_OF_ORDER,
        /** A label and a dead letter of one event. */
        BOTH,
        /** An outcome whose event is not on the input topic. */
        GHOST,
        /** A dead letter whose key, value or headers are not the event's. */
        ALTERED,
        /** An outcome other than the one found offline. */
        MISLABELLED,
        /** A record that can't be read as what its topic should hold. */
        MALFORMED
    }

    /** Counts, and the first places, of each kind. */
    private static final class Faults {
        private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);
        private final Map<Fault, List<String>> examples = new EnumMap<>(Fault.class);

        Faults copy() {
            Faults copy = new Faults();
            copy.counts.putAll(counts);
            examples.forEach((fault, places) -> copy.examples.put(fault, new ArrayList<>(places)));
            return copy;
        }

        void found(Fault fault, String example) {
            counts.merge(fault, 1L, Long::sum);
            List<String> known = examples.computeIfAbsent(fault, key -> new ArrayList<>());
            if (known.size() < MOST_EXAMPLES) {
                known.add(example);
            }
        }

        void foundAll(Fault fault, String topic, int number, Partition partition, BitSet bits) {
            bits.stream()
                    .forEach(bit ->
                            found(fault, new SourcePosition(topic, number, partition.begin + bit, 0).toString()));
        }

        long count(Fault fault) {
            return counts.getOrDefault(fault, 0L);
        }
    }

    private static final class Partition {
        private final BitSet events = new BitSet();
        private final BitSet labels = new BitSet();
        private final BitSet deadLetters = new BitSet();
        private final DigestTable digests = new DigestTable();
        private final Map<String, Long> lastByPlace = new HashMap<>();
        private final long begin;
        private final long end;
        private final long ghostsFrom;

        Partition(long begin, long end, long ghostsFrom) {
            this.begin = begin;
            this.end = end;
            this.ghostsFrom = ghostsFrom;
        }

        /** Returns an offset's bit; outcomes of events that have expired, or came after the audit began, have none. */
        boolean covers(long offset) {
            return offset >= begin && offset < end;
        }

        int bit(long offset) {
            return Math.toIntExact(offset - begin);
        }
    }

    /**
     * What came out; {@code examples} has up to ten positions of each kind of fault.
     *
     * @param judged how many outcomes were compared with one found offline
     */
    @JsonPropertyOrder({"events", "labels", "deadLetters", "lost", "duplicates", "outOfOrder", "both", "ghosts"})
    record Result(
            long events,
            long labels,
            long deadLetters,
            long lost,
            long duplicates,
            long outOfOrder,
            long both,
            long ghosts,
            long altered,
            long malformed,
            long judged,
            long mislabelled,
            Map<Fault, List<String>> examples) {
        boolean isFaultless() {
            return lost + duplicates + outOfOrder + both + ghosts + altered + malformed + mislabelled == 0;
        }
    }

    /** The same where it is not known which outcomes of later events may be there. */
    void range(int partition, long begin, long end) {
        range(partition, begin, end, Long.MAX_VALUE);
    }

    /**
     * An input partition has these offsets, the end excluded.
     *
     * @param ghostsFrom an offset that no event has whose outcome may be there: outcomes from there on are ghosts
     * @throws IllegalArgumentException if they are more than two thousand million
     */
    void range(int partition, long begin, long end, long ghostsFrom) {
        if (end - begin > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "partition " + partition + " has " + (end - begin) + " offsets; at most 2147483647 can be audited");
        }
        partitions.put(partition, new Partition(begin, end, ghostsFrom));
    }

    /** A label was read at a place of its topic, such as {@code image-labels-3}. */
    void label(String place, SourcePosition source) {
        if (isCovered(source)) {
            labels++;
            Partition partition = partitions.get(source.partition());
            outcome(place, source, partition, partition.labels);
        }
    }

    /** Returns whether an outcome counts; one that can have no event is told. */
    private boolean isCovered(SourcePosition source) {
        Partition partition = partitions.get(source.partition());
        boolean covered = partition != null && partition.covers(source.offset());
        if (!covered && (partition == null || bounded || source.offset() >= partition.ghostsFrom)) {
            faults.found(Fault.GHOST, source.toString());
        }
        return covered;
    }

    /** A dead letter was read; the digest is of what it has of its event, null where it has to come without that. */
    void deadLetter(String place, SourcePosition source, byte[] digest) {
        if (isCovered(source)) {
            deadLetters++;
            Partition partition = partitions.get(source.partition());
            outcome(place, source, partition, partition.deadLetters);
            if (digest != null) {
                partition.digests.add(partition.bit(source.offset()), digest);
            }
        }
    }

    private void outcome(String place, SourcePosition source, Partition partition, BitSet seen) {
        int bit = partition.bit(source.offset());
        if (seen.get(bit)) {
            faults.found(Fault.DUPLICATE, source.toString());
            return;
        }
        seen.set(bit);
        Long last = partition.lastByPlace.put(place, source.offset());
        if (last != null && last > source.offset()) {
            faults.found(Fault.OUT_OF_ORDER, source + " after offset " + last);
        }
    }

    /** The outcome of an event, told of before, stands beside the one found offline. */
    void judge(SourcePosition source, OfflineOutcomes.Outcome offline, OfflineOutcomes.Outcome actual) {
        Partition partition = partitions.get(source.partition());
        if (partition != null && partition.covers(source.offset())) {
            judged++;
            if (!actual.equals(offline)) {
                faults.found(Fault.MISLABELLED, source + " became " + actual + ", offline " + offline);
            }
        }
    }

    /** A record that is no label or dead letter. */
    void malformed(String place, long offset, String reason) {
        faults.found(Fault.MALFORMED, place + "@" + offset + ": " + reason);
    }

    /** Says whether an event's digest is needed. */
    boolean needsDigest(SourcePosition source) {
        Partition partition = partitions.get(source.partition());
        return partition.covers(source.offset()) && partition.deadLetters.get(partition.bit(source.offset()));
    }

    /** An event was read from the input topic, with its digest where it is needed, else null. */
    void event(SourcePosition source, byte[] digest) {
        Partition partition = partitions.get(source.partition());
        if (!partition.covers(source.offset())) {
            return;
        }
        events++;
        int bit = partition.bit(source.offset());
        partition.events.set(bit);
        if (digest != null && partition.digests.hasOther(bit, digest)) {
            faults.found(Fault.ALTERED, source.toString());
        }
    }

    /** Leaves out events below an offset, and their outcomes. */
    void forget(int number, long below) {
        Partition partition = partitions.get(number);
        if (partition != null && below > partition.begin) {
            int bit = partition.bit(Math.min(below, partition.end));
            partition.events.clear(0, bit);
            partition.labels.clear(0, bit);
            partition.deadLetters.clear(0, bit);
        }
    }

    /** Returns the whole account. */
    Result result(String inputTopic) {
        Faults all = faults.copy();
        partitions.forEach((number, partition) -> {
            BitSet outcomes = (BitSet) partition.labels.clone();
            outcomes.or(partition.deadLetters);
            BitSet lost = (BitSet) partition.events.clone();
            lost.andNot(outcomes);
            all.foundAll(Fault.LOST, inputTopic, number, partition, lost);
            BitSet both = (BitSet) partition.labels.clone();
            both.and(partition.deadLetters);
            all.foundAll(Fault.BOTH, inputTopic, number, partition, both);
            outcomes.andNot(partition.events);
            all.foundAll(Fault.GHOST, inputTopic, number, partition, outcomes);
        });
        return new Result(
                events,
                labels,
                deadLetters,
                all.count(Fault.LOST),
                all.count(Fault.DUPLICATE),
                all.count(Fault.OUT_OF_ORDER),
                all.count(Fault.BOTH),
                all.count(Fault.GHOST),
                all.count(Fault.ALTERED),
                all.count(Fault.MALFORMED),
                judged,
                all.count(Fault.MISLABELLED),
                all.examples);
    }
}
