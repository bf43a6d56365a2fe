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
 * Looks at a run twice a second, from one of its processes, until its partitions are done or something else ends the work.
 *
 * <p>Threading: one thread.
 */
final class BackfillFollower {
    private static final Duration LOOK = Duration.ofMillis(500);
    /** When nothing was committed for so long, it is seen whether there still is something to commit; later less often. */
    private static final Duration STALL = Duration.ofSeconds(10);

    private final RunStore store;
    private final BackfillPlan plan;
    private final GroupProgress progress;
    private final DeadLetterCounter deadLetters;
    private final RunListener listener;
    private int inputPartitions;
    private long lastDone = -1;
    private long lastChangeNanos = System.nanoTime();
    private Duration patience = STALL;

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

    /** Why the work on the partitions is over. */
    enum End {
        DONE,
        CANCELLED,
        REMOVED,
        STOPPED
    }

    /** Waits for an end; the pipeline's own failure is an error. */
    End follow(Pipeline pipeline, Termination termination) throws InterruptedException {
        while (true) {
            try {
                End end = look();
                if (end != null) {
                    return end;
                }
            } catch (RetriableException e) {
                listener.notice("the broker does not answer, waiting for it: " + e.getMessage());
            }
            if (pipeline.failure() != null) {
                throw failed(pipeline.failure());
            }
            if (termination.awaitAsked(LOOK)) {
                return End.STOPPED;
            }
        }
    }

    /** Returns an end, or null where the work goes on. */
    private End look() {
        tellOfNewPartitions();
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
            patience = STALL;
        } else if (System.nanoTime() - lastChangeNanos > patience.toNanos()) {
            progress.lookAgain();
            patience = patience.multipliedBy(2);
        }
        return null;
    }

    private void tellOfNewPartitions() {
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
