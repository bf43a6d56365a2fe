package io.resnetstreams.audit;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.SourcePosition;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares the outcomes on the output topics with the events of a range of the input topic, by source position. Memory: three
 * bits an event, four bytes an outcome whose event's timestamp is known, and eight bytes a dead letter.
 *
 * <p>Ranges come first; then dead letters and labels, each topic partition in its order; then the events. While a pipeline
 * runs, events and outcomes may come in any order, with unknown timestamps and without digests: see {@link OutcomeFollower}.
 * Threading: one thread.
 */
public final class TopicAudit {
    private final Map<Integer, AuditedPartition> partitions = new HashMap<>();
    private final AuditFaults faults = new AuditFaults();
    private final boolean bounded;
    private long events;
    private long judged;
    private boolean isCompacted;

    /** Ignores outcomes of events outside the ranges, which occur while a pipeline runs. */
    public TopicAudit() {
        this(false);
    }

    /** If the audit is bounded, outcomes of events outside the ranges are ghosts; otherwise they are ignored. */
    public TopicAudit(boolean bounded) {
        this.bounded = bounded;
    }

    /** Kinds of faults. */
    public enum Fault {
        /** An event without an outcome. */
        LOST,
        /** A second label, or a second dead letter, of one event. */
        DUPLICATE,
        /** An outcome behind one of a later event, in the same partition of the same topic. */
        OUT_OF_ORDER,
        /** A label and a dead letter of one event. */
        BOTH,
        /** An outcome whose event is not on the input topic. */
        GHOST,
        /** A dead letter whose key, value or headers differ from the event's. */
        ALTERED,
        /** An outcome that differs from the one found offline. */
        MISLABELLED,
        /** A record that is not a label or dead letter, as its topic requires. */
        MALFORMED,
        /** Offsets that were deleted from the input topic before they were consumed. */
        DELETED_UNREAD,
        /** A committed offset beyond the end of a partition: later events are consumed again, or never. */
        BEYOND_END
    }

    /**
     * The result; {@code examples} has up to ten positions of each kind of fault.
     *
     * @param judged the number of outcomes that were compared with one found offline
     * @param gaps the number of ranges that were deleted from the input before they were consumed
     * @param deletedUnread the number of offsets in these ranges; some may have had no event
     * @param beyondEnd the number of partitions with a committed offset beyond their end
     * @param earlierTopic the number of outcomes that belong to an earlier topic with the input's name
     */
    @JsonPropertyOrder({"events", "labels", "deadLetters", "lost", "duplicates", "outOfOrder", "both", "ghosts"})
    public record Result(
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
            long gaps,
            long deletedUnread,
            long beyondEnd,
            long earlierTopic,
            Map<Fault, List<String>> examples) {
        /** Returns whether there is no fault. */
        public boolean isFaultless() {
            return lost + duplicates + outOfOrder + both + ghosts + altered + malformed + mislabelled == 0
                    && gaps + beyondEnd == 0;
        }
    }

    /** Adds a partition, with outcomes of any later events allowed. */
    public void range(int partition, long begin, long end) {
        range(partition, begin, end, Long.MAX_VALUE);
    }

    /** Adds an input partition with up to 2,147,483,647 offsets; outcomes from {@code ghostsFrom} on are ghosts. */
    public void range(int partition, long begin, long end, long ghostsFrom) {
        if (end - begin > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "partition " + partition + " has " + (end - begin) + " offsets; at most 2147483647 can be audited");
        }
        partitions.put(partition, new AuditedPartition(begin, end, ghostsFrom));
    }

    /** Allows outcomes without an event, since compaction removes events. */
    public void allowCompaction() {
        isCompacted = true;
    }

    /** Enables the check of offsets before a range, as {@link AuditedPartition#judgeExpired} does. */
    public void judgeExpired(int partition, OptionalLong committed, boolean byOutcomes, Set<String> truncatedPlaces) {
        partitions.get(partition).judgeExpired(committed, byOutcomes, truncatedPlaces);
    }

    /** Adds a label from a partition of its topic, such as {@code image-labels-3}; the part is null if the event has one image. */
    void label(String place, SourcePosition source, Part part) {
        if (isCovered(place, source)) {
            AuditedPartition partition = partitions.get(source.partition());
            partition.labels.add(place, source, partition.bit(source.offset()), part);
        }
    }

    /** Returns whether an outcome belongs to a range; records one that can have no event. */
    private boolean isCovered(String place, SourcePosition source) {
        AuditedPartition partition = partitions.get(source.partition());
        if (partition != null && partition.covers(source.offset())) {
            return true;
        }
        if (partition == null || bounded || source.offset() >= partition.ghostsFrom) {
            faults.found(Fault.GHOST, source.toString());
        } else if (source.offset() < partition.begin) {
            partition.expired(place, source.offset());
        }
        return false;
    }

    /** Adds a dead letter with the digest of its content, or null; an unknown timestamp is below zero. */
    void deadLetter(String place, SourcePosition source, Part part, byte[] digest) {
        if (isCovered(place, source)) {
            AuditedPartition partition = partitions.get(source.partition());
            partition.deadLetters.add(place, source, partition.bit(source.offset()), part);
            if (digest != null) {
                partition.digests.add(partition.bit(source.offset()), digest);
            }
        }
    }

    void judge(SourcePosition source, OfflineOutcomes.Outcome offline, OfflineOutcomes.Outcome actual) {
        AuditedPartition partition = partitions.get(source.partition());
        if (partition != null && partition.covers(source.offset())) {
            judged++;
            if (!actual.equals(offline)) {
                faults.found(Fault.MISLABELLED, source + " is " + actual + ", offline " + offline);
            }
        }
    }

    void malformed(String place, long offset, String reason) {
        faults.found(Fault.MALFORMED, place + "@" + offset + ": " + reason);
    }

    boolean needsDigest(SourcePosition source) {
        AuditedPartition partition = partitions.get(source.partition());
        return partition.covers(source.offset()) && partition.deadLetters.contains(partition.bit(source.offset()));
    }

    /** Adds an event of the input topic, with its digest if it is needed, otherwise null. */
    void event(SourcePosition source, byte[] digest) {
        AuditedPartition partition = partitions.get(source.partition());
        if (!partition.covers(source.offset())) {
            return;
        }
        events++;
        int bit = partition.bit(source.offset());
        partition.events.set(bit);
        partition.labels.event(bit, source.timestamp());
        partition.deadLetters.event(bit, source.timestamp());
        if (digest != null && partition.isAltered(bit, digest)) {
            faults.found(Fault.ALTERED, source.toString());
        }
    }

    /** Removes the events below an offset, and their outcomes. */
    public void forget(int number, long below) {
        AuditedPartition partition = partitions.get(number);
        if (partition != null && below > partition.begin) {
            int bit = partition.bit(Math.min(below, partition.end));
            partition.events.clear(0, bit);
            partition.labels.forget(bit);
            partition.deadLetters.forget(bit);
        }
    }

    /** Returns, by partition, how many events have an outcome, and how many events there are. */
    Map<Integer, long[]> progress() {
        Map<Integer, long[]> progress = new TreeMap<>();
        partitions.forEach((number, partition) ->
                progress.put(number, new long[] {partition.outcomes().cardinality(), partition.events.cardinality()}));
        return progress;
    }

    /** Returns the result so far. */
    public Result result(String inputTopic) {
        AuditFaults all = faults.copy();
        long labels = 0;
        long deadLetters = 0;
        long earlier = 0;
        long hole = 0;
        for (AuditedPartition partition : partitions.values()) {
            labels += partition.labels.count();
            deadLetters += partition.deadLetters.count();
            earlier += partition.labels.ofEarlierTopic() + partition.deadLetters.ofEarlierTopic();
            hole = Math.max(hole, events == 0 ? 1 : partition.largestHole());
        }
        boolean isRecreated =
                earlier > 0 || partitions.values().stream().anyMatch(AuditedPartition::isCommittedBeyondEnd);
        if (isRecreated) {
            earlier += all.remove(Fault.GHOST);
        }
        long gaps = 0;
        for (Map.Entry<Integer, AuditedPartition> entry : partitions.entrySet()) {
            AuditedPartition partition = entry.getValue();
            earlier += compare(inputTopic, entry.getKey(), partition, isRecreated, all);
            gaps += all.foundExpired(inputTopic + "-" + entry.getKey(), partition, hole);
        }
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
                gaps,
                all.count(Fault.DELETED_UNREAD),
                all.count(Fault.BEYOND_END),
                earlier,
                all.examples());
    }

    /** Compares the outcomes of a partition with its events; returns the number of outcomes that belong to an earlier topic. */
    private long compare(
            String inputTopic, int number, AuditedPartition partition, boolean isRecreated, AuditFaults all) {
        partition.labels.report(all::found);
        partition.deadLetters.report(all::found);
        BitSet outcomes = partition.outcomes();
        BitSet lost = (BitSet) partition.events.clone();
        lost.andNot(outcomes);
        all.foundAll(Fault.LOST, inputTopic, number, partition, lost);
        BitSet both = partition.labels.places();
        both.and(partition.deadLetters.places());
        partition.compareParts(inputTopic, number, both, all);
        all.foundAll(Fault.BOTH, inputTopic, number, partition, both);
        outcomes.andNot(partition.events);
        if (isRecreated) {
            return outcomes.cardinality();
        }
        if (!isCompacted) {
            all.foundAll(Fault.GHOST, inputTopic, number, partition, outcomes);
        }
        return 0;
    }
}
