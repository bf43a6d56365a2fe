package io.resnetstreams.cli;

import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the topology against a cluster, until SIGTERM. */
@Command(
        name = "run",
        description = "Runs the pipeline against a cluster, until SIGTERM.",
        footer = "%nExample: resnet-streams run --bootstrap localhost:9092 --set batch.maxSize=16")
final class RunCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions options;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = options.load("model", modelPath);
        ModelDirectory model = ClassificationStack.model(configuration.model());
        CountDownLatch closed = new CountDownLatch(1);
        try (Monitoring monitoring = Monitoring.start(configuration)) {
            new KafkaClients(configuration).requireTopics();
            Logging.asService();
            monitoring.logAddress();
            return run(configuration, model, monitoring, closed);
        } finally {
            closed.countDown();
        }
    }

    private int run(Configuration configuration, ModelDirectory model, Monitoring monitoring, CountDownLatch closed)
            throws InterruptedException {
        RunStatistics statistics = new RunStatistics();
        try (ClassificationStack stack =
                        ClassificationStack.open(configuration, model, monitoring.inference(statistics));
                Pipeline pipeline = pipeline(configuration, stack, monitoring.topology(statistics))) {
            monitoring.watch(pipeline, model, stack.deviceNames());
            Log.LOG.info("Model {} ({}) on {}", model.name(), model.digest().substring(0, 12), stack.device());
            closeOnSignal(pipeline, closed, configuration.shutdownTimeoutMillis());
            pipeline.start();
            pipeline.awaitEnd();
            return report(configuration, stack, statistics, pipeline);
        }
    }

    private static Pipeline pipeline(Configuration configuration, ClassificationStack stack, TopologyMetrics metrics) {
        try {
            return Pipeline.create(configuration.pipelineSettings(), stack.service()::classify, metrics);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } catch (KafkaException e) {
            throw KafkaClients.misconfigured(e);
        }
    }

    /**
     * On SIGTERM the hook closes the pipeline, which lets {@code call} go on, and waits until the devices are closed too:
     * the process can't end while a native thread computes, the engine's library crashes then.
     */
    private static void closeOnSignal(Pipeline pipeline, CountDownLatch closed, long timeoutMillis) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (closed.getCount() == 0) {
                                return;
                            }
                            pipeline.close();
                            try {
                                if (closed.await(timeoutMillis, TimeUnit.MILLISECONDS)) {
                                    Main.endAfterSignal(pipeline.failure() == null ? 0 : 1);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "shutdown"));
    }

    private int report(
            Configuration configuration, ClassificationStack stack, RunStatistics statistics, Pipeline pipeline) {
        if (output.json) {
            Map<String, Object> summary = statistics.summary();
            summary.put("model", stack.modelReference());
            summary.put("device", stack.device());
            output.printJson(summary);
        }
        if (pipeline.failure() != null) {
            throw UserErrorException.shortfall(
                    "the pipeline " + configuration.applicationId() + " ended: "
                            + Failures.describe(pipeline.failure()),
                    pipeline.failure());
        }
        Log.LOG.info("Ended: {} labels, {} dead letters", statistics.labels(), statistics.deadLetters());
        return 0;
    }

    /** Loaded where it is needed: picocli makes every command, and {@code --help} should not wait for a library. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    }
}
