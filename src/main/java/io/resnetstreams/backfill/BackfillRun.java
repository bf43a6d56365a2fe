package io.resnetstreams.backfill;

/**
 * A run as it is stored in Kafka.
 *
 * @param endedMillis when it was finished or cancelled, in milliseconds since the epoch; 0 before
 * @param result what its audit found; null before it has finished
 */
public record BackfillRun(BackfillPlan plan, State state, long endedMillis, BackfillResult result) {
    /** The state of a run. An ended run stays ended; its name can be used again when its record has been removed. */
    public enum State {
        /** Its processes may be working, or may have crashed. */
        RUNNING,
        CANCELLED,
        /** All events are done and audited. */
        FINISHED
    }

    static BackfillRun begun(BackfillPlan plan) {
        return new BackfillRun(plan, State.RUNNING, 0, null);
    }

    /** Returns this run as cancelled; an ended run is returned unchanged. */
    public BackfillRun cancelled(long nowMillis) {
        return state == State.RUNNING ? new BackfillRun(plan, State.CANCELLED, nowMillis, null) : this;
    }

    /** Returns this run as finished; an ended run is returned unchanged. */
    public BackfillRun finished(long nowMillis, BackfillResult audited) {
        return state == State.RUNNING ? new BackfillRun(plan, State.FINISHED, nowMillis, audited) : this;
    }
}
