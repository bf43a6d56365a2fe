package io.resnetstreams.backfill;

import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.service.ClassifierSource;
import io.resnetstreams.service.Termination;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.InputGapException;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The work of one process on a run: the pipeline until all partitions are done, by any process, then the audit. Threading: one
 * thread; the pipeline has its own threads.
 */
public final class BackfillJob {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration FOLLOW_INTERVAL = Duration.ofMillis(500);
    /** Without a commit for this long, the last events are looked up again; the interval doubles each time. */
    private static final Duration STALL = Duration.ofSeconds(10);

    private static final Duration ELECTION_POLL = Duration.ofMillis(200);
    /** A yielding process finishes its events in flight while it waits, so they are limited. */
    private static final int YIELDING_WINDOW = 256;

    private static final int FASTEST_EVEN_RATE = 5_000;

    private final Configuration configuration;
    private final KafkaClients clients;
    private final RunStore store;
    private final BackfillPlan plan;
    private final Listener listener;

    public BackfillJob(
            Configuration configuration, KafkaClients clients, RunStore store, BackfillPlan plan, Listener listener) {
        this.configuration = configuration;
        this.clients = clients;
        this.store = store;
        this.plan = plan;
        this.listener = listener;
    }

    /** The maximum rate, or infinity, and the delay of live events above which the backfill waits, or null. */
    public record Pace(double eventsPerSecond, Duration liveTarget) {}

    /** Receives the progress of a run, from the thread that works and from the thread that watches live events. */
    public interface Listener {
        /** Called twice a second with the progress of all processes. */
        void show(Progress now, long deadLetters);

        /** Called with a sentence for the user. */
        void notice(String sentence);

        /** Called when all outcomes are written and the audit begins. */
        void audits();
    }

    /** The finished run, or null and the reason, as the end of a sentence about the run. */
    public record Ending(BackfillRun finished, String unfinished) {}

    /** Works until the run ends, or this process's part of it. */
    public Ending run(ClassifierSource.Loaded loaded, PipelineCounts counts, Pace pace, Termination termination)
            throws InterruptedException {
        End end = work(loaded, counts, pace, termination);
        BackfillRun run = end == End.DONE ? audited(termination) : null;
        if (run != null && run.state() == BackfillRun.State.FINISHED) {
            return new Ending(run, null);
        }
        String continued = "; 'backfill --run " + plan.run() + "' continues it";
        boolean isCancelled = end == End.CANCELLED || run != null && run.state() == BackfillRun.State.CANCELLED;
        if (isCancelled) {
            return new Ending(null, "was cancelled");
        } else if (end == End.STOPPED) {
            return new Ending(null, "was stopped here" + continued);
        }
        return new Ending(
                null,
                run == null
                        ? "was removed by 'backfill clean'"
                        : "is done, but was stopped before its audit" + continued);
    }

    private End work(ClassifierSource.Loaded loaded, PipelineCounts counts, Pace pace, Termination termination)
            throws InterruptedException {
        try (GroupProgress progress = new GroupProgress(clients, plan);
                LiveWatch watch = pace.liveTarget() == null ? null : watch(pace.liveTarget())) {
            requireOffsets(progress);
            if (progress.read().isComplete()) {
                return End.DONE;
            }
            BackfillReplay replay =
                    new BackfillReplay(plan, pace.eventsPerSecond(), () -> watch != null && watch.isYielding());
            try (Pipeline pipeline = pipeline(loaded, counts, pace, replay);
                    DeadLetterCounter deadLetters = new DeadLetterCounter(clients, plan)) {
                termination.startAttended(pipeline);
                return new Follower(progress, deadLetters).follow(pipeline, termination);
            }
        }
    }

    private LiveWatch watch(Duration target) {
        return new LiveWatch(
                clients,
                configuration.applicationId(),
                clients.partitions(plan.parameters().input()),
                target,
                listener::notice);
    }

    /** Offsets of a group without members expire, after a week by default; then the progress is lost. */
    private void requireOffsets(GroupProgress progress) throws InterruptedException {
        long deadline = System.nanoTime()
                + Duration.ofMillis(configuration.brokerTimeoutMillis()).toNanos();
        // The offsets of a new run become visible shortly after its record.
        for (int missing = progress.read().missing();
                missing > 0;
                missing = progress.read().missing()) {
            if (System.nanoTime() > deadline) {
                throw UserErrorException.shortfall(
                        "group " + plan.group() + " has no offsets for " + missing
                                + " partitions: they expired or were deleted, so run '" + plan.run()
                                + "' can't continue; 'backfill clean " + plan.run() + "' frees its name",
                        null);
            }
            Thread.sleep(POLL_INTERVAL.toMillis());
        }
    }

    private Pipeline pipeline(ClassifierSource.Loaded loaded, PipelineCounts counts, Pace pace, BackfillReplay replay) {
        try {
            return Pipeline.create(
                    settings(pace, loaded.selection().imagesPerSecond()), loaded.classifier(), counts, replay);
        } catch (IllegalArgumentException | KafkaException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private PipelineSettings settings(Pace pace, double imagesPerSecond) {
        PipelineSettings live = configuration.pipelineSettings(imagesPerSecond);
        InFlightLimits window = live.inFlight();
        Map<String, String> kafka = new HashMap<>(live.kafka());
        // The plan has committed the first offset of each partition.
        kafka.put("main.consumer.auto.offset.reset", "none");
        if (pace.eventsPerSecond() < FASTEST_EVEN_RATE) {
            // The rate is applied between polls, so each returns the events of a tenth of a second.
            kafka.putIfAbsent(
                    "main.consumer.max.poll.records", Integer.toString((int) Math.max(1, pace.eventsPerSecond() / 10)));
        }
        return new PipelineSettings(
                plan.group(),
                live.bootstrapServers(),
                new Topics(
                        plan.parameters().input(),
                        plan.parameters().output(),
                        plan.parameters().deadLetters()),
                live.guarantee(),
                live.streamThreads(),
                live.maxMessageBytes(),
                pace.liveTarget() == null
                        ? window
                        : new InFlightLimits(Math.min(window.maxEvents(), YIELDING_WINDOW), window.maxBytes()),
                // A missing event of the plan is an error, unless gaps are allowed.
                plan.parameters().allowGaps() ? OnGap.WARN : OnGap.STOP,
                live.shutdownTimeout(),
                kafka);
    }

    /**
     * Audits, or waits for the process that audits; returns the run afterwards, or null if it was removed. All processes join a
     * group that subscribes to a topic of one partition, and the member with the partition audits. If it crashes, another member
     * gets the partition after the session timeout.
     */
    private BackfillRun audited(Termination termination) throws InterruptedException {
        listener.audits();
        try (Consumer<byte[], byte[]> member = clients.groupMember(plan.auditGroup())) {
            member.subscribe(List.of(RunStore.topic(configuration.applicationId())));
            BackfillRun run = store.run(plan.run());
            while (run != null && run.state() == BackfillRun.State.RUNNING && !termination.isAsked()) {
                member.poll(ELECTION_POLL);
                run = member.assignment().isEmpty() ? store.run(plan.run()) : audited();
            }
            return run;
        } catch (KafkaException e) {
            throw UserErrorException.shortfall(
                    "run '" + plan.run() + "' is done, and its audit failed: " + Failures.describe(e), e);
        }
    }

    private BackfillRun audited() throws InterruptedException {
        BackfillRun.Result result = new BackfillAudit(clients, plan).run();
        return store.change(plan.run(), run -> run == null ? null : run.finished(System.currentTimeMillis(), result));
    }

    private enum End {
        DONE,
        CANCELLED,
        REMOVED,
        STOPPED
    }

    /** Checks the run twice a second, until its partitions are done or the work ends for another reason. */
    private final class Follower {
        private final GroupProgress progress;
        private final DeadLetterCounter deadLetters;
        private int inputPartitions = plan.inputPartitions();
        private long lastDone = -1;
        private long lastChangeNanos = System.nanoTime();
        private Duration stallInterval = STALL;

        Follower(GroupProgress progress, DeadLetterCounter deadLetters) {
            this.progress = progress;
            this.deadLetters = deadLetters;
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
                if (termination.awaitAsked(FOLLOW_INTERVAL)) {
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
                listener.notice(plan.parameters().input() + " has " + now + " partitions and had "
                        + plan.inputPartitions() + " when the run was planned; the new ones are not part of it");
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
}
