package io.resnetstreams.cli;

import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillReplay;
import io.resnetstreams.backfill.BackfillResult;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.GroupProgress;
import io.resnetstreams.backfill.LiveWatch;
import io.resnetstreams.backfill.RunElection;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.BackfillFollower.End;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * One process's work on a run: the pipeline until all partitions are done, by whichever process, then the audit.
 *
 * <p>Threading: the command's thread; the pipeline has its own.
 */
final class BackfillJob implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);
    /** What a yielding process has in flight goes on while it waits, so it is little. */
    private static final int YIELDING_WINDOW = 256;

    private static final int FASTEST_EVEN_RATE = 5_000;

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

    /** Works, and returns the exit code. */
    int run(ClassifierSource.Loaded loaded, RunStatistics counts, Pace pace, Termination termination)
            throws InterruptedException {
        BackfillStatistics statistics = new BackfillStatistics(counts);
        End end = work(loaded, statistics, pace, termination);
        return switch (end) {
            case DONE -> finish(statistics, loaded.device(), termination);
            case CANCELLED -> over("was cancelled");
            case REMOVED -> over("was removed by 'backfill clean'");
            case STOPPED -> over("was stopped here; 'backfill --run " + plan.run() + "' goes on with it");
        };
    }

    private End work(ClassifierSource.Loaded loaded, BackfillStatistics statistics, Pace pace, Termination termination)
            throws InterruptedException {
        try (GroupProgress progress = new GroupProgress(clients, plan);
                LiveWatch watch = pace.liveTarget() == null ? null : watch(pace.liveTarget())) {
            requireOffsets(progress);
            if (progress.read().isComplete()) {
                return End.DONE;
            }
            BackfillReplay replay =
                    new BackfillReplay(plan, pace.eventsPerSecond(), () -> watch != null && watch.isYielding());
            try (Pipeline pipeline = pipeline(loaded, statistics, pace, replay);
                    DeadLetterCounter deadLetters = new DeadLetterCounter(clients, plan)) {
                termination.startAttended(pipeline);
                return new BackfillFollower(store, plan, progress, deadLetters, display).follow(pipeline, termination);
            }
        }
    }

    private LiveWatch watch(Duration target) {
        return LiveWatch.start(
                clients,
                configuration.applicationId(),
                clients.partitions(plan.parameters().input()),
                target,
                display::notice);
    }

    /** Offsets of a group without members expire, after a week by default; then it is not known what was done. */
    private void requireOffsets(GroupProgress progress) throws InterruptedException {
        long deadline = System.nanoTime()
                + Duration.ofMillis(configuration.brokerTimeoutMillis()).toNanos();
        // Those of a run just begun are seen a moment after its record.
        for (int missing = progress.read().missing();
                missing > 0;
                missing = progress.read().missing()) {
            if (System.nanoTime() > deadline) {
                throw UserErrorException.shortfall(
                        "group " + plan.group() + " has no offsets for " + missing
                                + " partitions: they expired or were deleted, so run '" + plan.run()
                                + "' can't go on; 'backfill clean " + plan.run() + "' frees its name",
                        null);
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private Pipeline pipeline(
            ClassifierSource.Loaded loaded, BackfillStatistics statistics, Pace pace, BackfillReplay replay) {
        try {
            return Pipeline.create(settings(pace), loaded.classifier(), statistics, replay);
        } catch (IllegalArgumentException | KafkaException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private PipelineSettings settings(Pace pace) {
        PipelineSettings live = configuration.pipelineSettings();
        InFlightLimits window = live.inFlight();
        Map<String, String> kafka = new HashMap<>(live.kafka());
        // The plan has committed each partition's first offset.
        kafka.put("main.consumer.auto.offset.reset", "none");
        if (pace.eventsPerSecond() < FASTEST_EVEN_RATE) {
            // The rate is kept between polls, so each returns a tenth of a second's events.
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
                // Where an event of the plan is gone, that is an error, unless gaps are allowed.
                plan.parameters().allowGaps() ? OnGap.WARN : OnGap.STOP,
                live.shutdownTimeout(),
                kafka);
    }

    /** Audits, or waits for the process that does. */
    private int finish(BackfillStatistics statistics, String device, Termination termination)
            throws InterruptedException {
        display.audits();
        BackfillRun run;
        try (RunElection election = new RunElection(clients, plan, RunStore.topic(configuration.applicationId()))) {
            run = store.run(plan.run());
            while (run != null && run.state() == BackfillRun.State.RUNNING && !termination.isAsked()) {
                run = election.isElected() ? audited() : store.run(plan.run());
            }
        } catch (KafkaException e) {
            throw UserErrorException.shortfall(
                    "run '" + plan.run() + "' is done, and its audit failed: " + Failures.describe(e), e);
        }
        if (run == null) {
            return over("was removed by 'backfill clean'");
        }
        return switch (run.state()) {
            case FINISHED -> BackfillReport.finished(output, run, statistics, device);
            case CANCELLED -> over("was cancelled");
            case RUNNING -> over(
                    "is done, but was stopped before its audit; 'backfill --run " + plan.run() + "' goes on with it");
        };
    }

    private BackfillRun audited() throws InterruptedException {
        BackfillResult result = new BackfillAudit(clients, plan).run();
        return store.change(plan.run(), run -> run == null ? null : run.finished(System.currentTimeMillis(), result));
    }

    private int over(String why) {
        display.close();
        return BackfillReport.over(output, plan, why);
    }

    @Override
    public void close() {
        display.close();
    }
}
