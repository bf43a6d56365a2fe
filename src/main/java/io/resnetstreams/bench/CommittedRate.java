package io.resnetstreams.bench;

import java.time.Duration;

/**
 * The rate of records that become visible commit by commit. It is measured from the last records of the first commits, which
 * are not counted, to the last records. Not thread-safe.
 */
final class CommittedRate {
    /**
     * The time of the first commits. They are slower than later ones, and a transaction becomes visible one partition after
     * the other. If they were counted, so would be work from before the measurement. It ends between two commits of the
     * default interval.
     */
    static final Duration FIRST_COMMITS = Duration.ofMillis(450);

    private final long firstCommitsNanos;
    private boolean begun;
    private long begunAt;
    private long first;
    private long last;
    private long count;

    /** Creates a rate that is measured from this time after the first commit on. */
    CommittedRate(Duration firstCommits) {
        this.firstCommitsNanos = firstCommits.toNanos();
    }

    /** Adds records that were read at a time. */
    void add(int records, long nanos) {
        last = nanos;
        if (!begun) {
            begun = true;
            begunAt = nanos;
        }
        if (nanos - begunAt < firstCommitsNanos) {
            first = nanos;
        } else {
            count += records;
        }
    }

    /** Returns whether there is a rate over at least this time, from the first commits on. */
    boolean isMeasured(long lengthNanos, long now) {
        return count > 0 && now - first >= lengthNanos;
    }

    /** Returns the time of the last records; of the start if there are none yet. */
    long lastOr(long start) {
        return begun ? last : start;
    }

    /** Returns the number of records after the first commits. */
    long count() {
        return count;
    }

    /** Returns records per second. */
    double perSecond() {
        return count * 1e9 / (last - first);
    }
}
