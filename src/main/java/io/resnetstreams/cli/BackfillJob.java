package io.resnetstreams.cli;

import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillReplay;
import io.resnetstreams.backfill.BackfillResult;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.GroupProgress;
import io.resnetstreams.backfill.GroupProgress.Progress;
import io.resnetstreams.backfill.LiveWatch;
import io.resnetstreams.backfill.RunElection;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's work on a run: the pipeline until all partitions are done, by whichever process, then the audit.
 *
 * <p>Threading: the command's thread; the pipeline has its own.
 */
final class BackfillJob {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillJob.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    /** When nothing was committed for so long, it is seen whether there still is something to commit. */
    private static final Duration STALL = Duration.ofSeconds(10);
    /** What a yielding process has in flight goes on while it waits, so it is little. */
    private static final int YIELDING_WINDOW = 256;

    private final Configuration configuration;
    private final KafkaClients clients;
    private final RunStore store;
    private final BackfillPlan plan;
    private final OutputOptions output;
    private final BackfillDisplay display;

    BackfillJob(
            Configuration configuration,
            KafkaClients clients,
            RunStore store,
            BackfillPlan plan,
            OutputOptions output) {
        this.configuration = configuration;
        this.clients = clients;
        this.store = store;
        this.plan = plan;
        this.output = output;
        this.display = new BackfillDisplay(plan);
    }

    /**
     * How fast it may be.
     *
     * @param eventsPerSecond at most so many; infinity for no limit
     * @param liveTarget how long a live event may wait before the backfill does; null where it never does
     */
    record Pace(double eventsPerSecond, Duration liveTarget) {}

    /** Why the work on the partitions is over. */
    private enum End {
        DONE,
        CANCELLED,
        REMOVED,
        STOPPED
    }

    /** Works, and returns the exit code. */
    int run(ClassifierSource.Loaded loaded, RunStatistics counts, Pace pace) throws InterruptedException {
        Logging.asService();
        SignalStop stop = SignalStop.install(Duration.ofMillis(configuration.shutdownTimeoutMillis() * 2));
        int exitCode = 1;
        try {
            BackfillStatistics statistics = new BackfillStatistics(counts);
            End end = work(loaded, statistics, pace, stop);
            loaded.close();
            exitCode = switch (end) {
                case DONE -> finish(statistics, loaded.device(), stop);
                case CANCELLED -> BackfillReport.over(plan, "was cancelled");
                case REMOVED -> BackfillReport.over(plan, "was removed by 'backfill clean'");
                case STOPPED -> BackfillReport.over(
                        plan, "was stopped here; 'backfill --run " + plan.run() + "' goes on with it");
            };
            return exitCode;
        } finally {
            display.close();
            stop.ended(exitCode);
        }
    }

    private End work(ClassifierSource.Loaded loaded, BackfillStatistics statistics, Pace pace, SignalStop stop)
            throws InterruptedException {
        try (GroupProgress progress = new GroupProgress(clients, plan);
                LiveWatch watch = pace.liveTarget() == null ? null : watch(pace.liveTarget())) {
            requireOffsets(progress);
            if (progress.read().isComplete()) {
                return End.DONE;
            }
            BackfillReplay replay =
                    new BackfillReplay(plan, pace.eventsPerSecond(), () -> watch != null && watch.isYielding());
            try (Pipeline pipeline = Pipeline.create(settings(pace), loaded.classifier(), statistics, replay)) {
                pipeline.start();
                return follow(progress, pipeline, stop);
            }
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private LiveWatch watch(Duration target) {
        String input = plan.parameters().input();
        return LiveWatch.start(
                clients,
                configuration.applicationId(),
                input,
                clients.partitions(input).size(),
                target,
                display::notice);
    }

    /** Offsets of a group without members expire, after a week by default; then it is not known what was done. */
    private void requireOffsets(GroupProgress progress) throws InterruptedException {
        long deadline = System.nanoTime() + configuration.brokerTimeoutMillis() * 1_000_000;
        // Those of a run just begun are seen a moment after its record.
        while (progress.read().missing() > 0) {
            if (System.nanoTime() > deadline) {
                throw UserErrorException.shortfall(
                        "group " + plan.group() + " has no offsets for "
                                + progress.read().missing()
                                + " partitions: they expired or were deleted, so run '" + plan.run()
                                + "' can't go on; 'backfill clean " + plan.run() + "' frees its name",
                        null);
            }
            Thread.sleep(100);
        }
    }

    private PipelineSettings settings(Pace pace) {
        PipelineSettings live = configuration.pipelineSettings();
        InFlightLimits window = live.inFlight();
        Map<String, String> kafka = new HashMap<>(live.kafka());
        // Where an event of the plan is gone, that is an error, unless gaps are allowed.
        kafka.put("main.consumer.auto.offset.reset", plan.parameters().allowGaps() ? "earliest" : "none");
        if (pace.eventsPerSecond() < 5_000) {
            // The rate is kept between polls.
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
                live.shutdownTimeout(),
                kafka);
    }

    private End follow(GroupProgress progress, Pipeline pipeline, SignalStop stop) throws InterruptedException {
        try (DeadLetterCounter deadLetters = new DeadLetterCounter(clients, plan)) {
            long lastDone = -1;
            long lastChange = System.nanoTime();
            int partitions = plan.inputPartitions();
            while (true) {
                partitions = tellOfNewPartitions(partitions, progress.inputPartitions());
                Progress now = progress.read();
                display.show(now, deadLetters.count());
                if (now.isComplete()) {
                    return End.DONE;
                }
                BackfillRun run = store.run(plan.run());
                if (run == null || run.state() == BackfillRun.State.CANCELLED) {
                    return run == null ? End.REMOVED : End.CANCELLED;
                }
                if (pipeline.failure() != null) {
                    throw UserErrorException.shortfall(
                            "run '" + plan.run() + "' failed here: " + Failures.describe(pipeline.failure()),
                            pipeline.failure());
                }
                if (now.done() != lastDone) {
                    lastDone = now.done();
                    lastChange = System.nanoTime();
                } else if (System.nanoTime() - lastChange > STALL.toNanos()) {
                    progress.lookAgain();
                    lastChange = System.nanoTime();
                }
                if (stop.await(LOOK)) {
                    return End.STOPPED;
                }
            }
        }
    }

    private int tellOfNewPartitions(int known, int now) {
        if (now > known) {
            display.notice(plan.parameters().input() + " has " + now + " partitions and had " + plan.inputPartitions()
                    + " when the run was planned; the new ones are not part of it");
        }
        return now;
    }

    /** Audits, or waits for the process that does. */
    private int finish(BackfillStatistics statistics, String device, SignalStop stop) throws InterruptedException {
        display.audits();
        try (RunElection election = new RunElection(clients, plan, RunStore.topic(configuration.applicationId()))) {
            BackfillRun run = store.run(plan.run());
            while (run != null && run.state() == BackfillRun.State.RUNNING && !stop.isAsked()) {
                if (election.isElected()) {
                    BackfillResult result = new BackfillAudit(clients, plan).run();
                    run = store.change(
                            plan.run(),
                            current -> current == null ? null : current.finished(System.currentTimeMillis(), result));
                } else {
                    run = store.run(plan.run());
                }
            }
            if (run == null) {
                return BackfillReport.over(plan, "was removed by 'backfill clean'");
            }
            if (run.state() == BackfillRun.State.RUNNING) {
                return BackfillReport.over(plan, "is done but was stopped before its audit");
            }
            if (run.state() == BackfillRun.State.CANCELLED) {
                return BackfillReport.over(plan, "was cancelled");
            }
            display.close();
            return BackfillReport.finished(output, run, statistics, device);
        } catch (KafkaException e) {
            LOG.debug("The audit failed", e);
            throw UserErrorException.shortfall(
                    "run '" + plan.run() + "' is done, and its audit failed: " + e.getMessage(), e);
        }
    }
}
