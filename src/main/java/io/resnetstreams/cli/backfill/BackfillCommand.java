package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillJob;
import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillPlanner;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.BackfillTopics;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PipelineOptions;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Relabels a range of the input topic. */
@Command(
        name = "backfill",
        description = {
            "Gives the events of a range new labels, on a topic of their own: each exactly one label or dead letter, in",
            "order, whatever dies; then it ends. Started again with the same --run it goes on, started several times at",
            "once the processes share the work. What other runs there are: see the commands below."
        },
        subcommands = {
            BackfillStatusCommand.class,
            BackfillListCommand.class,
            BackfillCancelCommand.class,
            BackfillCleanCommand.class,
            BackfillDiffCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "%nExamples: resnet-streams backfill --from 2026-11-23T00:00:00Z --to 2026-11-24T00:00:00Z"
                    + " --model models/new --output image-labels-new --run new --plan",
            "          resnet-streams backfill --run new --model models/new"
        })
public final class BackfillCommand implements Callable<Integer> {
    private static final DateTimeFormatter NAME_BY_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final ClassifierSource source;

    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Mixin
    private BackfillOptions what;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Where Kafka is.")
    private String bootstrap;

    @Option(names = "--input", paramLabel = "TOPIC", description = "The topic of events.")
    private String input;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Option(names = "--run", paramLabel = "NAME", description = "The run's name (default: the time in UTC).")
    private String run;

    @Option(
            names = "--plan",
            description = "Show what would be done, with its size and time as measured here, and ask before it begins.")
    private boolean plan;

    @Option(names = "--yes", description = "Begin without asking.")
    private boolean yes;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            description = "Events a second of this process at most (default: no limit).")
    private Double maxRate;

    @Option(
            names = "--yield-to-live",
            paramLabel = "MILLIS",
            arity = "0..1",
            fallbackValue = "1000",
            description =
                    "Wait while the live pipeline's oldest event has waited longer than this (1000 if no number is"
                            + " given); the launcher also gives this process the lowest priority.")
    private Integer yieldMillis;

    BackfillCommand() {
        this(ClassifierSource.ofModels());
    }

    /** With another source of labels, for tests. */
    public BackfillCommand(ClassifierSource source) {
        this.source = source;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (maxRate != null && !(maxRate > 0)) {
            throw UserErrorException.usage("--max-rate is " + maxRate + "; it must be greater than 0");
        }
        if (yieldMillis != null && (yieldMillis < 1 || yieldMillis > 3_600_000)) {
            throw UserErrorException.usage("--yield-to-live is " + yieldMillis + "; allowed are 1 to 3600000");
        }
        String name = Objects.requireNonNullElseGet(run, () -> NAME_BY_TIME.format(Instant.now()));
        named(() -> BackfillPlan.requireName(name));
        Configuration configuration = configuration();
        ModelReference model = source.reference(configuration);
        KafkaClients clients = new KafkaClients(configuration.connection());
        if (run == null || what.isComplete()) {
            // Mistakes of a new run are told before a broker is asked.
            named(() -> what.parameters(configuration, model, null).requireRange(System.currentTimeMillis()));
        }
        clients.partitions(configuration.topics().input());
        try (RunStore store = new RunStore(
                clients, configuration.applicationId(), configuration.topics().replicationFactor())) {
            return run(configuration, clients, store, name, model);
        }
    }

    private Configuration configuration() {
        Map<String, String> own = new HashMap<>();
        own.put("bootstrapServers", bootstrap);
        own.put("topics.input", input);
        own.put("model", modelPath);
        return options.load(own);
    }

    private int run(
            Configuration configuration, KafkaClients clients, RunStore store, String name, ModelReference model)
            throws InterruptedException {
        BackfillRun existing = store.run(name);
        if (existing != null) {
            requireSame(configuration, model, existing);
            if (existing.state() != BackfillRun.State.RUNNING) {
                return BackfillReport.ended(output, existing);
            }
        }
        Logging.asService();
        Logging.ofConnections();
        Termination termination =
                Termination.install(configuration.shutdownTimeoutMillis(), CommandLine.ExitCode.SOFTWARE);
        int exitCode = CommandLine.ExitCode.SOFTWARE;
        try {
            BackfillPlan planned = existing == null ? planned(configuration, clients, name, model) : existing.plan();
            exitCode = work(configuration, clients, store, planned, termination);
            return exitCode;
        } finally {
            termination.ended(exitCode);
        }
    }

    private int work(
            Configuration configuration,
            KafkaClients clients,
            RunStore store,
            BackfillPlan planned,
            Termination termination)
            throws InterruptedException {
        PipelineCounts counts = new PipelineCounts();
        try (ClassifierSource.Loaded loaded = source.load(configuration, counts)) {
            if (plan) {
                BackfillPlanReport.print(output, clients, planned, loaded, maxRate);
                if (!yes && !isConfirmed()) {
                    output.text().println("nothing was begun");
                    return CommandLine.ExitCode.SOFTWARE;
                }
            }
            new BackfillTopics(clients)
                    .create(planned, notice -> System.err.println("backfill " + planned.run() + ": " + notice));
            BackfillRun begun = store.begin(planned);
            requireSame(configuration, planned.parameters().model(), begun);
            BackfillJob.Ending ending;
            try (BackfillDisplay display = new BackfillDisplay(begun.plan())) {
                ending = new BackfillJob(configuration, clients, store, begun.plan(), display)
                        .run(loaded, counts, pace(), termination);
            }
            return ending.finished() == null
                    ? BackfillReport.over(output, begun.plan(), ending.unfinished())
                    : BackfillReport.finished(output, ending, loaded.device());
        }
    }

    private BackfillJob.Pace pace() {
        return new BackfillJob.Pace(
                maxRate == null ? Double.POSITIVE_INFINITY : maxRate,
                yieldMillis == null ? null : Duration.ofMillis(yieldMillis));
    }

    private BackfillPlan planned(Configuration configuration, KafkaClients clients, String name, ModelReference model)
            throws InterruptedException {
        BackfillParameters parameters = what.parameters(configuration, model, null);
        try {
            return new BackfillPlanner(clients, configuration.brokerTimeoutMillis())
                    .plan(
                            name,
                            BackfillPlan.group(configuration.applicationId(), name),
                            parameters,
                            System.currentTimeMillis());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw clients.unreachable(e);
        }
    }

    /** Every process of a run must do the same; who wants something else is told which option differs. */
    private void requireSame(Configuration configuration, ModelReference model, BackfillRun existing) {
        BackfillParameters theirs = existing.plan().parameters();
        List<String> differences = theirs.differences(what.parameters(configuration, model, theirs));
        if (!differences.isEmpty()) {
            throw UserErrorException.usage("run '" + existing.plan().run() + "' exists with other parameters ("
                    + String.join("; ", differences) + "); give it the same, or another name");
        }
    }

    private boolean isConfirmed() {
        if (!Terminal.isInput()) {
            throw UserErrorException.usage("there is no terminal to ask on; --yes begins without asking");
        }
        return Terminal.confirms("Begin?");
    }

    private static void named(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }
}
