package io.resnetstreams.backfill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * What a run's audit found on its output: each of the events should have one label or one dead letter.
 *
 * @param events of the range that were meant
 * @param skipped events of the range that {@code --where} or {@code --sample} left out
 * @param examples up to ten places of each kind of fault
 */
@JsonPropertyOrder({"events", "skipped", "labels", "deadLetters", "lost", "duplicates", "outOfOrder"})
public record BackfillResult(
        long events,
        long skipped,
        long labels,
        long deadLetters,
        long lost,
        long duplicates,
        long outOfOrder,
        Map<String, List<String>> examples) {
    /** Returns whether nothing is missing or wrong. */
    @JsonIgnore
    public boolean isFaultless() {
        return examples.isEmpty();
    }
}
