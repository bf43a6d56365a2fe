package io.resnetstreams.cli;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelFactory;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.LongCalls;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.metrics.PipelineMetrics;
import io.resnetstreams.metrics.PipelineMonitor.GroupSource;
import io.resnetstreams.metrics.ScalingSignal;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.web.WebServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance as {@code run} builds it, with a device that sleeps. It processes {@value #IMAGES_PER_SECOND} images per
 * second for any batch size, so a machine can run more instances than it could run networks.
 */
public final class SimulatedInstance {
    static final int IMAGES_PER_SECOND = 60;

    private static final String DEVICE = "simulated";
    private static final int LARGEST_BATCH = 6;
    private static final Preprocessing INPUT = new Preprocessing(0, 28, 28);
    private static final List<String> LABELS = List.of("a", "b");

    private SimulatedInstance() {}

    /**
     * Runs until SIGTERM, after which it leaves the group.
     *
     * @param arguments the broker's address, then settings as {@code key=value}
     */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("resnet-streams.log.own", "INFO");
        ConfigurationLoader loader = new ConfigurationLoader().set("bootstrapServers", arguments[0], "arguments");
        for (String setting : List.of(arguments).subList(1, arguments.length)) {
            String[] keyAndValue = setting.split("=", 2);
            loader.set(keyAndValue[0], keyAndValue[1], "arguments");
        }
        run(loader.load());
    }

    private static void run(Configuration configuration) throws Exception {
        Logger log = LoggerFactory.getLogger(SimulatedInstance.class);
        PipelineCounts counts = new PipelineCounts();
        PipelineMetrics metrics = new PipelineMetrics(counts);
        ImagePreprocessor.warmUp();
        ScalingSignal signal = new ScalingSignal(configuration.scaling(), System::nanoTime);
        KafkaClients clients = new KafkaClients(configuration.connection());
        GroupSource source = new GroupSource(
                clients.admin(),
                configuration.applicationId(),
                configuration.topics().input(),
                clients::firstRecordReader);
        try (WebServer server = WebServer.start("127.0.0.1", 0, Map.of("/metrics", metrics.handler()));
                ClassificationService service = service(configuration, counts);
                Pipeline pipeline = Pipeline.create(configuration.pipelineSettings(), service::classify, counts)) {
            // The watch stops with the process.
            metrics.watch(pipeline, source, configuration.metrics().kafkaList(), signal);
            Runtime.getRuntime().addShutdownHook(new Thread(pipeline::close, "leave"));
            log.info("Metrics at {}/metrics", server.address());
            pipeline.start();
            pipeline.awaitEnd();
        }
    }

    private static ClassificationService service(Configuration configuration, PipelineCounts counts) {
        counts.loaded(DEVICE, 1, LARGEST_BATCH, IMAGES_PER_SECOND);
        Batcher batcher = new Batcher(
                DEVICE,
                List.of(new Sleeper()),
                INPUT.width() * INPUT.height() * 3,
                new BatchPolicy(LARGEST_BATCH, 0),
                counts,
                LongCalls.allowed());
        return new ClassificationService(
                configuration.eventReader(),
                ImageSource.NONE,
                new ImagePreprocessor(configuration.limits().image(), INPUT),
                1,
                List.of(batcher),
                new LabelFactory(
                        new LabelRanking(LABELS, 1), new ModelReference(DEVICE, "none"), DefaultLimits.labels()),
                counts);
    }

    /** Starts a batch when the previous one is done, as a device with one queue does. */
    private static final class Sleeper implements Classifier {
        private long freeAt = System.nanoTime();

        @Override
        public float[][] classify(List<byte[]> images) {
            return begin(images).get();
        }

        @Override
        public Supplier<float[][]> begin(List<byte[]> images) {
            long ends = Math.max(System.nanoTime(), freeAt) + images.size() * 1_000_000_000L / IMAGES_PER_SECOND;
            freeAt = ends;
            return () -> {
                for (long left = ends - System.nanoTime(); left > 0; left = ends - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                float[][] rows = new float[images.size()][];
                Arrays.setAll(rows, row -> new float[] {1, 0});
                return rows;
            };
        }

        @Override
        public void close() {
            // Nothing to release.
        }
    }
}
