package io.resnetstreams.audit;

import io.resnetstreams.audit.TopicAudit.Fault;
import io.resnetstreams.kafka.TopicScan.Range;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** The state of an audit for a range of one input partition, and for what expired before it. Threading: one thread. */
final class AuditedPartition {
    final BitSet events = new BitSet();
    final AuditedOutcomes labels = new AuditedOutcomes();
    final AuditedOutcomes deadLetters = new AuditedOutcomes();
    final DigestTable digests = new DigestTable();
    final long begin;
    final long end;
    final long ghostsFrom;
    private final OffsetRanges expired = new OffsetRanges();
    private final Map<String, Long> firstExpired = new HashMap<>();
    private Set<String> truncatedPlaces = Set.of();
    OptionalLong committed = OptionalLong.empty();
    private boolean isJudgedByOutcomes;

    AuditedPartition(long begin, long end, long ghostsFrom) {
        this.begin = begin;
        this.end = end;
        this.ghostsFrom = ghostsFrom;
    }

    /** Returns whether an offset has a bit; events that have expired, or came after the audit began, have none. */
    boolean covers(long offset) {
        return offset >= begin && offset < end;
    }

    int bit(long offset) {
        return Math.toIntExact(offset - begin);
    }

    BitSet outcomes() {
        BitSet outcomes = labels.places();
        outcomes.or(deadLetters.places());
        return outcomes;
    }

    /**
     * Reports the images without an outcome of events with several images, and clears the bits of those events in {@code both}
     * whose labels and dead letters are for different images.
     */
    void compareParts(String topic, int number, BitSet both, AuditFaults faults) {
        Set<Integer> bits = new TreeSet<>(labels.parts().keySet());
        bits.addAll(deadLetters.parts().keySet());
        for (int bit : bits) {
            AuditedOutcomes.Parts labelled = labels.parts().get(bit);
            AuditedOutcomes.Parts rejected = deadLetters.parts().get(bit);
            if (labelled != null && rejected != null && !labelled.numbers().intersects(rejected.numbers())) {
                both.clear(bit);
            }
            if (!events.get(bit)) {
                continue;
            }
            AuditedOutcomes.Parts any = labelled == null ? rejected : labelled;
            BitSet found = (BitSet) any.numbers().clone();
            if (labelled != null && rejected != null) {
                found.or(rejected.numbers());
            }
            for (int part = 1; part <= any.of(); part++) {
                if (!found.get(part)) {
                    faults.found(
                            Fault.LOST, topic + "-" + number + "@" + (begin + bit) + " part " + part + "/" + any.of());
                }
            }
        }
    }

    /** Returns whether the content of an event's dead letter differs from the event. */
    boolean isAltered(int bit, byte[] digest) {
        return deadLetters.contains(bit)
                && digests.hasOther(bit, digest)
                // If there are two, one may belong to an earlier topic.
                && (deadLetters.ofEarlierTopic() == 0 || !digests.has(bit, digest));
    }

    void expired(String place, long offset) {
        expired.add(offset, offset + 1);
        firstExpired.putIfAbsent(place, offset);
    }

    /**
     * Enables the check of offsets before the range, by the committed offset of the pipeline's group; by missing outcomes too, unless
     * a topic is compacted; and by the places of outcomes whose oldest records have expired.
     */
    void judgeExpired(OptionalLong groupOffset, boolean byOutcomes, Set<String> truncated) {
        committed = groupOffset;
        isJudgedByOutcomes = byOutcomes;
        truncatedPlaces = truncated;
    }

    boolean isCommittedBeyondEnd() {
        return committed.isPresent() && committed.getAsLong() > ghostsFrom;
    }

    /**
     * Returns the offsets that were deleted before they were consumed: more than {@code largestHole} consecutive offsets before
     * the range that the group has not committed, or that have no outcome although an earlier offset has one.
     */
    List<Range> gaps(long largestHole) {
        long from = isJudgedByOutcomes ? expired.first(begin) : begin;
        for (String place : truncatedPlaces) {
            // Outcomes before the first that is left may have expired.
            from = Math.max(from, firstExpired.getOrDefault(place, begin));
        }
        if (committed.isPresent()) {
            from = Math.min(from, committed.getAsLong());
        }
        return expired.missing(from, begin).stream()
                .filter(gap -> gap.end() - gap.begin() > largestHole)
                .toList();
    }

    /** Returns the largest number of consecutive offsets without an event. */
    long largestHole() {
        long largest = 0;
        int next = 0;
        for (int bit = events.nextSetBit(0); bit >= 0; bit = events.nextSetBit(bit + 1)) {
            largest = Math.max(largest, bit - next);
            next = bit + 1;
        }
        return Math.max(largest, end - begin - next);
    }

    /**
     * The first four bytes of digests, by place; a place may have several. Each takes eight bytes, since a topic may have millions
     * of dead letters. Two contents have the same four bytes with a probability of 1 in 4,294,967,296.
     */
    static final class DigestTable {
        private static final int FIRST_CAPACITY = 16;

        /** The place in the upper half, the first four bytes of the digest in the lower half. */
        private long[] entries = new long[FIRST_CAPACITY];

        private int size;
        private boolean isSorted;

        /** Adds a digest of at least four bytes at a place, which is 0 or more. */
        void add(int place, byte[] digest) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size + size / 2);
            }
            entries[size++] = (long) place << Integer.SIZE | Integer.toUnsignedLong(beginning(digest));
            isSorted = false;
        }

        /** Returns whether a place has a digest other than this one; false if it has none. */
        boolean hasOther(int place, byte[] digest) {
            return any(place, found -> found != beginning(digest));
        }

        boolean has(int place, byte[] digest) {
            return any(place, found -> found == beginning(digest));
        }

        private boolean any(int place, IntPredicate condition) {
            if (!isSorted) {
                Arrays.sort(entries, 0, size);
                isSorted = true;
            }
            int found = Arrays.binarySearch(entries, 0, size, (long) place << Integer.SIZE);
            for (int i = found < 0 ? -found - 1 : found; i < size && entries[i] >>> Integer.SIZE == place; i++) {
                if (condition.test((int) entries[i])) {
                    return true;
                }
            }
            return false;
        }

        private static int beginning(byte[] digest) {
            return ByteBuffer.wrap(digest).getInt();
        }
    }
}
