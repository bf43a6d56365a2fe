package io.resnetstreams.audit;

import io.resnetstreams.kafka.TopicScan.Range;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The state of an audit for one input partition: a range of offsets, their events and outcomes, and the outcomes of events
 * before the range, which have expired.
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
     * Enables the check of offsets before the range.
     *
     * @param groupOffset the committed offset of the pipeline's group, if it is known
     * @param byOutcomes whether a missing outcome means that its event was not consumed; false if a topic is compacted
     * @param truncated places of outcomes whose oldest records have expired
     */
    void judgeExpired(OptionalLong groupOffset, boolean byOutcomes, Set<String> truncated) {
        committed = groupOffset;
        isJudgedByOutcomes = byOutcomes;
        truncatedPlaces = truncated;
    }

    boolean isCommittedBeyondEnd() {
        return committed.isPresent() && committed.getAsLong() > ghostsFrom;
    }

    OptionalLong committed() {
        return committed;
    }

    /**
     * Returns the offsets that were deleted before they were consumed: offsets before the range that the group has not
     * committed, or that have no outcome although an earlier offset has one.
     *
     * @param largestHole the number of consecutive offsets that may have no event, such as transaction markers
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
}
