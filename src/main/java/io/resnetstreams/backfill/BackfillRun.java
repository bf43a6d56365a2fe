package io.resnetstreams.backfill;

/**
 * A run as it is kept in Kafka.
 *
 * @param endedMillis when it was finished or cancelled, in milliseconds since the epoch; 0 before
 * @param result what its audit found; null before it has finished
 */
public record BackfillRun(BackfillPlan plan, State state, long endedMillis, BackfillResult result) {
    /** Where a run stands. There is no way back: a name is used again after its record was removed. */
    public enum State {
        /** Its processes may work, or may have died. */
        RUNNING,
        CANCELLED,
        /** All is done and audited. */
        FINISHED
    }

    static BackfillRun begun(BackfillPlan plan) {
        return new BackfillRun(plan, State.RUNNING, 0, null);
    }

    /** Returns this run as cancelled; one that has ended stays as it is. */
    public BackfillRun cancelled(long nowMillis) {
        return state == State.RUNNING ? new BackfillRun(plan, State.CANCELLED, nowMillis, null) : this;
    }

    /** Returns this run as finished; one that has ended stays as it is. */
    public BackfillRun finished(long nowMillis, BackfillResult audited) {
        return state == State.RUNNING ? new BackfillRun(plan, State.FINISHED, nowMillis, audited) : this;
    }
}
