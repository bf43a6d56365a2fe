package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillJob;
import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillPlanner;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillTopics;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.Terminal;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.service.ClassifierSource;
import io.resnetstreams.service.Logging;
import io.resnetstreams.service.Termination;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Relabels a range of the input topic. */
@Command(
        name = "backfill",
        description = {
            "Classify a range of the input topic again, and write the labels to a separate topic.",
            "",
            "Each event gets exactly one label or dead letter, in order, even if processes crash. To resume a"
                    + " run, or to share its work among several processes, start the command with the same --run."
        },
        subcommands = {
            BackfillRunCommands.StatusCommand.class,
            BackfillRunCommands.ListCommand.class,
            BackfillRunCommands.CancelCommand.class,
            BackfillRunCommands.CleanCommand.class,
            BackfillDiffCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  resnet-streams backfill --from 2026-11-23T00:00:00Z \\",
            "    --to 2026-11-24T00:00:00Z --model models/new --output image-labels-new \\",
            "    --run new --plan",
            "  resnet-streams backfill --run new --model models/new"
        })
public final class BackfillCommand extends KafkaCommand {
    private static final DateTimeFormatter NAME_BY_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final ClassifierSource source;

    @Mixin
    private BackfillOptions runOptions;

    @Option(names = "--input", paramLabel = "TOPIC", description = "Input topic.")
    private String input;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Option(names = "--run", paramLabel = "NAME", description = "Name of the run (default: the current time in UTC).")
    private String run;

    @Option(
            names = "--plan",
            description = "Show the plan, with an estimate of its size and duration, and ask before starting.")
    private boolean plan;

    @Option(names = "--yes", description = "Start without asking.")
    private boolean yes;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            description = "Maximum number of events per second for this process (default: no limit).")
    private Double maxRate;

    @Option(
            names = "--yield-to-live",
            paramLabel = "MILLIS",
            arity = "0..1",
            fallbackValue = "1000",
            description =
                    "Pause while the oldest event of the live pipeline has been waiting longer than this (1000 if no"
                            + " value is given). The launcher also lowers the CPU priority of this process.")
    private Integer yieldMillis;

    @Mixin
    private EngineOption engine;

    private Configuration configuration;
    private ModelReference model;
    private KafkaClients clients;

    BackfillCommand() {
        this(ClassifierSource.ofModels());
    }

    /** Creates a command with another source of labels, for tests. */
    public BackfillCommand(ClassifierSource source) {
        this.source = source;
    }

    @Override
    public Integer call() throws InterruptedException {
        OptionRange.requirePositive("--max-rate", maxRate);
        OptionRange.require("--yield-to-live", yieldMillis, 1, 3_600_000);
        String name = Objects.requireNonNullElseGet(run, () -> NAME_BY_TIME.format(Instant.now()));
        check(() -> BackfillPlan.requireName(name));
        configuration = load("topics.input", input, "model", modelPath, "engine", engine.setting());
        model = source.reference(configuration);
        clients = new KafkaClients(configuration.connection());
        if (run == null || runOptions.isComplete()) {
            // Report mistakes in the options of a new run before connecting to Kafka.
            check(() -> runOptions.parameters(configuration, model, null).requireRange(System.currentTimeMillis()));
        }
        clients.partitions(configuration.topics().input());
        try (RunStore store = new RunStore(clients, configuration.applicationId())) {
            return run(store, name);
        }
    }

    private int run(RunStore store, String name) throws InterruptedException {
        BackfillRun existing = store.run(name);
        if (existing != null) {
            requireSame(existing);
            if (existing.state() != BackfillRun.State.RUNNING) {
                return BackfillReport.alreadyEnded(output, existing);
            }
        }
        Logging.asService();
        Logging.ofConnections();
        Termination termination =
                Termination.install(configuration.shutdownTimeoutMillis(), CommandLine.ExitCode.SOFTWARE);
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        try {
            exitCode = work(store, existing == null ? planned(name) : existing.plan(), termination);
            return exitCode;
        } finally {
            termination.ended(exitCode);
        }
    }

    private int work(RunStore store, BackfillPlan planned, Termination termination) throws InterruptedException {
        PipelineCounts counts = new PipelineCounts();
        try (ClassifierSource.Loaded loaded = source.load(configuration, counts)) {
            if (plan) {
                BackfillReport.plan(output, clients, planned, loaded, maxRate);
                if (!yes && !isConfirmed()) {
                    output.println("not started");
                    return CommandLine.ExitCode.SOFTWARE;
                }
            }
            BackfillTopics.create(
                    clients, planned, notice -> System.err.println("backfill " + planned.run() + ": " + notice));
            BackfillRun begun = store.begin(planned);
            requireSame(begun);
            BackfillJob.Pace pace = new BackfillJob.Pace(
                    maxRate == null ? Double.POSITIVE_INFINITY : maxRate,
                    yieldMillis == null ? null : Duration.ofMillis(yieldMillis));
            BackfillJob.Ending ending;
            try (BackfillDisplay display = new BackfillDisplay(begun.plan())) {
                ending = new BackfillJob(configuration, clients, store, begun.plan(), display)
                        .run(loaded, counts, pace, termination);
            }
            return ending.finished() == null
                    ? BackfillReport.unfinished(output, begun.plan(), ending.unfinished())
                    : BackfillReport.finished(output, ending.finished(), counts, loaded.selection());
        }
    }

    private BackfillPlan planned(String name) throws InterruptedException {
        String group = BackfillPlan.group(configuration.applicationId(), name);
        BackfillParameters parameters = runOptions.parameters(configuration, model, null);
        try {
            return new BackfillPlanner(clients).plan(name, group, parameters, System.currentTimeMillis());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw clients.unreachable(e);
        }
    }

    /** Refuses options that differ from those of the existing run. */
    private void requireSame(BackfillRun existing) {
        BackfillParameters theirs = existing.plan().parameters();
        List<String> differences = theirs.differences(runOptions.parameters(configuration, model, theirs));
        if (!differences.isEmpty()) {
            throw UserErrorException.usage("run '" + existing.plan().run() + "' exists with other parameters ("
                    + String.join("; ", differences) + "); use the same parameters or another name");
        }
    }

    private static boolean isConfirmed() {
        if (!Terminal.isInput()) {
            throw UserErrorException.usage("there is no terminal to ask on; use --yes to start without asking");
        }
        return Terminal.confirms("Start the run?");
    }

    private static void check(Runnable validation) {
        try {
            validation.run();
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }
}
