package io.resnetstreams.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.compare.ClassChanges.Change;
import java.util.List;

/**
 * The differences between the labels of two outputs.
 *
 * @param compared events with a label in both, of the same image as far as its SHA-256 is known
 * @param agreement the share of compared events with the same best label in both; null if none was compared
 * @param onlyInA events with a label or a dead letter in A, but neither in B
 * @param deadLetterOnlyInA events with a dead letter in A and a label in B
 * @param changedImages events with a label in both whose URI had another image when B was written; not compared
 * @param changedImagesWithOtherLabel those of them whose best label differs
 * @param changes all pairs of different labels, most frequent first
 * @param uncountedChanges events whose pair is missing in {@code changes}, which has at most a million pairs
 * @param shifts events with the same label in both, largest change of its probability first
 * @param surestChanges events whose label changed, by the smaller of both probabilities, highest first
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
        long changedImages,
        long changedImagesWithOtherLabel,
        List<Change> changes,
        long uncountedChanges,
        List<Shift> shifts,
        List<SureChange> surestChanges,
        Places examples,
        @JsonIgnore ClassChanges classes) {

    /**
     * Counts of one output.
     *
     * @param deadLetters dead letters; null if their topic is not known
     * @param duplicates outcomes read after one of the same event or of a later one; left out
     * @param misplaced outcomes in a partition other than the source partition modulo the number of partitions; left out
     */
    public record Side(
            OutputTopics topics, long labels, Long deadLetters, long duplicates, long misplaced, long malformed) {}

    /** An event: its id, null for a dead letter without a key, and its position, such as {@code image-events-3@17}. */
    public record Event(String id, String source) {}

    /** An event whose label has different probabilities; the shift is the one in B minus the one in A. */
    public record Shift(
            String id, String source, String label, double probabilityA, double probabilityB, double shift) {}

    /** An event whose label changed, with the probabilities of its labels in A and in B. */
    public record SureChange(
            String id, String source, String from, String to, double probabilityA, double probabilityB) {}

    /** The first events of each kind, and the positions of malformed records with the reason. */
    public record Places(
            List<Event> onlyInA,
            List<Event> onlyInB,
            List<Event> deadLetterOnlyInA,
            List<Event> deadLetterOnlyInB,
            List<String> malformed) {}
}
