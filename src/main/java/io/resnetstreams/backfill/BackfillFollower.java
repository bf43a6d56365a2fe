package io.resnetstreams.backfill;

import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.service.Termination;
import io.resnetstreams.topology.InputGapException;
import io.resnetstreams.topology.Pipeline;
import java.time.Duration;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Checks a run twice a second, in one of its processes, until its partitions are done or the work ends for another reason.
 *
 * <p>Threading: one thread.
 */
final class BackfillFollower {
    private static final Duration INTERVAL = Duration.ofMillis(500);
    /** Without a commit for this long, the last events are looked up again; the interval doubles each time. */
    private static final Duration STALL = Duration.ofSeconds(10);

    private final RunStore store;
    private final BackfillPlan plan;
    private final GroupProgress progress;
    private final DeadLetterCounter deadLetters;
    private final RunListener listener;
    private int inputPartitions;
    private long lastDone = -1;
    private long lastChangeNanos = System.nanoTime();
    private Duration stallInterval = STALL;

    BackfillFollower(
            RunStore store,
            BackfillPlan plan,
            GroupProgress progress,
            DeadLetterCounter deadLetters,
            RunListener listener) {
        this.store = store;
        this.plan = plan;
        this.progress = progress;
        this.deadLetters = deadLetters;
        this.listener = listener;
        this.inputPartitions = plan.inputPartitions();
    }

    enum End {
        DONE,
        CANCELLED,
        REMOVED,
        STOPPED
    }

    /** Waits for the end of the work; a failure of the pipeline is an error. */
    End follow(Pipeline pipeline, Termination termination) throws InterruptedException {
        while (true) {
            try {
                End end = check();
                if (end != null) {
                    return end;
                }
            } catch (RetriableException e) {
                listener.notice("the broker does not answer, waiting for it: " + e.getMessage());
            }
            if (pipeline.failure() != null) {
                throw failed(pipeline.failure());
            }
            if (termination.awaitAsked(INTERVAL)) {
                return End.STOPPED;
            }
        }
    }

    /** Returns the end, or null if the work continues. */
    private End check() {
        noticeNewPartitions();
        Progress now = progress.read();
        listener.show(now, deadLetters.count());
        if (now.isComplete()) {
            return End.DONE;
        }
        BackfillRun run = store.run(plan.run());
        if (run == null) {
            return End.REMOVED;
        }
        if (run.state() == BackfillRun.State.CANCELLED) {
            return End.CANCELLED;
        }
        if (now.done() != lastDone) {
            lastDone = now.done();
            lastChangeNanos = System.nanoTime();
            stallInterval = STALL;
        } else if (System.nanoTime() - lastChangeNanos > stallInterval.toNanos()) {
            progress.lookAgain();
            stallInterval = stallInterval.multipliedBy(2);
        }
        return null;
    }

    private void noticeNewPartitions() {
        int now = progress.inputPartitions();
        if (now > inputPartitions) {
            inputPartitions = now;
            listener.notice(plan.parameters().input() + " has " + now + " partitions and had " + plan.inputPartitions()
                    + " when the run was planned; the new ones are not part of it");
        }
    }

    private UserErrorException failed(Throwable failure) {
        String why = Failures.describe(failure);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InputGapException gap) {
                why = gap.what() + "; the run does not allow gaps";
            }
        }
        return UserErrorException.shortfall("run '" + plan.run() + "' failed here: " + why, failure);
    }
}
