package io.resnetstreams.audit;

import io.resnetstreams.kafka.TopicScan.Range;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What an audit knows of one input partition: a range of its offsets, their events and outcomes, and the outcomes of events
 * that lay before the range and are gone.
 *
 * <p>Threading: one thread.
 */
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
    private OptionalLong committed = OptionalLong.empty();
    private boolean isJudgedByOutcomes;

    AuditedPartition(long begin, long end, long ghostsFrom) {
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

    /** Returns the bits that have a label or a dead letter, as a new set. */
    BitSet outcomes() {
        BitSet outcomes = labels.places();
        outcomes.or(deadLetters.places());
        return outcomes;
    }

    /** Returns whether an event's dead letter has another content. */
    boolean isAltered(int bit, byte[] digest) {
        return deadLetters.contains(bit)
                && digests.hasOther(bit, digest)
                // Of two, one may be of an earlier topic.
                && (deadLetters.ofEarlierTopic() == 0 || !digests.has(bit, digest));
    }

    /** An outcome was read of an event that lay before the range. */
    void expired(String place, long offset) {
        expired.add(offset, offset + 1);
        firstExpired.putIfAbsent(place, offset);
    }

    /**
     * Has what lies before the range judged.
     *
     * @param groupOffset what the pipeline's group has committed, where that is known
     * @param byOutcomes whether an event without outcome was not consumed; not so where compaction removes either
     * @param truncated places of outcomes whose beginning is gone
     */
    void judgeExpired(OptionalLong groupOffset, boolean byOutcomes, Set<String> truncated) {
        committed = groupOffset;
        isJudgedByOutcomes = byOutcomes;
        truncatedPlaces = truncated;
    }

    /** Returns whether the group has committed more than there is. */
    boolean isCommittedBeyondEnd() {
        return committed.isPresent() && committed.getAsLong() > ghostsFrom;
    }

    OptionalLong committed() {
        return committed;
    }

    /**
     * Returns the offsets that were deleted before they were consumed: those before the range that the group has not committed,
     * and those without outcome behind the first outcome.
     *
     * @param largestHole so many offsets in a row may be without event, such as markers of transactions
     */
    List<Range> gaps(long largestHole) {
        long from = isJudgedByOutcomes ? expired.first(begin) : begin;
        for (String place : truncatedPlaces) {
            // What came before the first that is left may have been an outcome there.
            from = Math.max(from, firstExpired.getOrDefault(place, begin));
        }
        if (committed.isPresent()) {
            from = Math.min(from, committed.getAsLong());
        }
        return expired.missing(from, begin).stream()
                .filter(gap -> gap.end() - gap.begin() > largestHole)
                .toList();
    }

    /** Returns how many offsets in a row are without event, at most. */
    long largestHole() {
        long largest = 0;
        int next = 0;
        for (int bit = events.nextSetBit(0); bit >= 0; bit = events.nextSetBit(bit + 1)) {
            largest = Math.max(largest, bit - next);
            next = bit + 1;
        }
        return Math.max(largest, end - begin - next);
    }
}
