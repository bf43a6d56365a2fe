package io.resnetstreams.backfill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run as it is stored in Kafka.
 *
 * @param endedMillis when it was finished or cancelled, in milliseconds since the epoch; 0 before
 * @param result what its audit found; null before it has finished
 */
public record BackfillRun(BackfillPlan plan, State state, long endedMillis, Result result) {
    /** The state of a run. An ended run stays ended; its name can be used again when its record has been removed. */
    public enum State {
        /** Its processes may be working, or may have crashed. */
        RUNNING,
        CANCELLED,
        /** All events are done and audited. */
        FINISHED
    }

    /**
     * The result of a run's audit: each event should have one label or one dead letter.
     *
     * @param events the selected events of the range
     * @param skipped events of the range that {@code --where} or {@code --sample} left out
     * @param examples up to ten positions of each kind of fault
     */
    @JsonPropertyOrder({"events", "skipped", "labels", "deadLetters", "lost", "duplicates", "outOfOrder"})
    public record Result(
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

    /** Returns this run as cancelled; an ended run is returned unchanged. */
    public BackfillRun cancelled(long nowMillis) {
        return state == State.RUNNING ? new BackfillRun(plan, State.CANCELLED, nowMillis, null) : this;
    }

    /** Returns this run as finished; an ended run is returned unchanged. */
    public BackfillRun finished(long nowMillis, Result audited) {
        return state == State.RUNNING ? new BackfillRun(plan, State.FINISHED, nowMillis, audited) : this;
    }

    /** Returns the name of the state in lower case. */
    public String stateName() {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
