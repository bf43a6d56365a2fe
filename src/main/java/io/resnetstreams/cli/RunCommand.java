package io.resnetstreams.cli;

import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.KafkaCommand;
import io.resnetstreams.cli.options.PrecisionOption;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.monitor.Monitoring;
import io.resnetstreams.precision.PrecisionChoice;
import io.resnetstreams.service.BuildVersion;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.service.Logging;
import io.resnetstreams.service.ServedModel;
import io.resnetstreams.service.StatusLog;
import io.resnetstreams.service.Termination;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        description = "Run the pipeline until SIGTERM.",
        footer = {"", "Example:", "  resnet-streams run --bootstrap localhost:9092 --set batch.maxSize=16"})
final class RunCommand extends KafkaCommand {
    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    private final UnaryOperator<Classifier> around;

    RunCommand() {
        this(UnaryOperator.identity());
    }

    /** Creates a command that wraps each classifier. */
    RunCommand(UnaryOperator<Classifier> around) {
        this.around = around;
    }

    @Mixin
    private EngineOption engine;

    @Mixin
    private PrecisionOption precision;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration =
                load("model", modelPath, "engine", engine.setting(), "precision.mode", precision.mode());
        ClassificationStack.checkReferences(configuration);
        Termination termination = Termination.install(configuration.shutdownTimeoutMillis(), 0);
        try (Monitoring monitoring = Monitoring.start(configuration, false)) {
            ModelDirectory model = ClassificationStack.model(configuration.model());
            Logging.asService();
            Log.LOG.info("{}", new BuildVersion().name());
            monitoring.logAddress();
            Log.LOG.info("Looking for the topics at {}", configuration.bootstrapServers());
            new KafkaClients(configuration.connection()).requireTopics();
            Logging.ofConnections();
            PrecisionChoice choice = ServedModel.choose(configuration, model, Log.LOG::info);
            monitoring.precision(choice);
            return run(configuration, choice.model(), monitoring, termination);
        } finally {
            // Has no effect if the exit code was set before.
            termination.ended(1);
        }
    }

    private int run(Configuration configuration, ModelDirectory model, Monitoring monitoring, Termination termination)
            throws InterruptedException {
        PipelineCounts statistics = monitoring.counts();
        Log.LOG.info("Loading the model {}", model.name());
        try (ClassificationStack stack =
                        ClassificationStack.open(configuration, model, statistics, monitoring.fetches(), around);
                Pipeline pipeline = pipeline(configuration, stack, statistics);
                StatusLog status = new StatusLog()) {
            monitoring.watch(
                    configuration,
                    pipeline,
                    model,
                    stack.deviceNames(),
                    stack.selection().engine().toString(),
                    stack.selection().description(),
                    stack::outage);
            Log.LOG.info(
                    "Model {} ({}) on {}",
                    model.name(),
                    model.digest().substring(0, 12),
                    stack.selection().description());
            termination.start(pipeline);
            status.every(configuration.statusSeconds(), statistics, pipeline.inFlight(), stack);
            pipeline.awaitEnd();
            Throwable failure = pipeline.failure();
            try {
                if (output.json) {
                    Map<String, Object> summary = statistics.summary();
                    summary.put("model", stack.modelReference());
                    stack.selection().addTo(summary);
                    output.printJson(summary);
                }
                if (failure != null) {
                    throw UserErrorException.shortfall(
                            "pipeline " + configuration.applicationId() + " failed: " + Failures.describe(failure),
                            failure);
                }
                Log.LOG.info("Ended: {} labels, {} dead letters", statistics.labels(), statistics.deadLetters());
            } finally {
                termination.ended(failure == null ? 0 : 1);
            }
            return 0;
        }
    }

    private static Pipeline pipeline(Configuration configuration, ClassificationStack stack, TopologyMetrics metrics) {
        try {
            return Pipeline.create(
                    configuration.pipelineSettings(stack.selection().imagesPerSecond()), stack.classifier(), metrics);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (KafkaException e) {
            throw KafkaClients.misconfigured(e);
        }
    }

    /** A class of its own because picocli creates every command, and loading Log4j would slow down {@code --help}. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    }
}
