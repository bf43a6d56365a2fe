package io.resnetstreams.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.compare.ClassChanges.Change;
import java.util.List;

/**
 * How the labels of two outputs differ.
 *
 * @param compared events with a label in both
 * @param agreement the share of them with the same best label in both; null where none was compared
 * @param changed those with another best label
 * @param onlyInA events with a label or a dead letter in A, and neither in B
 * @param deadLetterOnlyInA events with a dead letter in A and a label in B
 * @param changes all pairs of labels that changed, the most frequent first
 * @param uncountedChanges events whose pair is missing in the changes, which are a million at most
 * @param shifts events that kept their label, the largest change of its probability first
 * @param surestChanges events whose label changed, the surest first: by the smaller of both probabilities
 */
@JsonPropertyOrder({"a", "b", "compared", "agreement", "changed", "onlyInA", "onlyInB"})
public record ComparisonResult(
        Side a,
        Side b,
        long compared,
        Double agreement,
        long changed,
        long onlyInA,
        long onlyInB,
        long deadLetterOnlyInA,
        long deadLetterOnlyInB,
        List<Change> changes,
        long uncountedChanges,
        List<Shift> shifts,
        List<SureChange> surestChanges,
        Places examples,
        @JsonIgnore ClassChanges classes) {

    /**
     * What was read of one output.
     *
     * @param labels records on the topic of labels that are label events
     * @param deadLetters dead letters; null where their topic is not known
     * @param duplicates outcomes that came when that of a later event, or of the same, was there already; left out
     * @param misplaced outcomes in another partition than the source partition's modulo the topic's; left out
     * @param malformed records that are no outcomes; left out
     */
    public record Side(
            OutputTopics topics, long labels, Long deadLetters, long duplicates, long misplaced, long malformed) {}

    /** An event: its id, null for a dead letter without key, and where it stands, such as {@code image-events-3@17}. */
    public record Event(String id, String source) {}

    /** An event whose label has another probability; the shift is that in B less that in A. */
    public record Shift(
            String id, String source, String label, double probabilityA, double probabilityB, double shift) {}

    /** An event whose label changed, with the probability of its label in A and of that in B. */
    public record SureChange(
            String id, String source, String from, String to, double probabilityA, double probabilityB) {}

    /** The first few places of each kind; of records that are no outcomes their own, with the reason. */
    public record Places(
            List<Event> onlyInA,
            List<Event> onlyInB,
            List<Event> deadLetterOnlyInA,
            List<Event> deadLetterOnlyInB,
            List<String> malformed) {}
}
