package io.resnetstreams.backfill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * The result of a run's audit: each event should have one label or one dead letter.
 *
 * @param events the selected events of the range
 * @param skipped events of the range that {@code --where} or {@code --sample} left out
 * @param examples up to ten positions of each kind of fault
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
    /** Returns whether there is no fault. */
    @JsonIgnore
    public boolean isFaultless() {
        return examples.isEmpty();
    }
}
