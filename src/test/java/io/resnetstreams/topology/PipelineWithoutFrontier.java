package io.resnetstreams.topology;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelFactory;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.inference.batch.LongCalls;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.ModelDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.slf4j.LoggerFactory;

/**
 * The pipeline of {@code run}, but with Kafka's plain clients, so that consumed events are committed before they are
 * done.
 */
public final class PipelineWithoutFrontier {
    private PipelineWithoutFrontier() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("resnet-streams.log.own", "INFO");
        ModelDirectory model = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist"));
        DeviceModel loaded = DeviceModel.load(model, 2, 32);
        Batcher batcher = new Batcher(
                loaded.deviceName(),
                loaded.classifiers(),
                loaded.imageBytes(),
                new BatchPolicy(32, 0),
                InferenceMetrics.NONE,
                LongCalls.allowed());
        ClassificationService service = new ClassificationService(
                DefaultLimits.eventReader(),
                ImageSource.NONE,
                new ImagePreprocessor(DefaultLimits.image(), model.preprocessing()),
                2,
                List.of(batcher),
                new LabelFactory(
                        new LabelRanking(model.labels(), model.topK()),
                        new ModelReference(model.name(), model.digest()),
                        DefaultLimits.labels()),
                InferenceMetrics.NONE);
        InFlightLimits limits = new InFlightLimits(2_048, 64 << 20);
        PipelineSettings settings = new PipelineSettings(
                "resnet-streams",
                arguments[0],
                new Topics("image-events", "image-labels", "image-events-dlq"),
                Guarantee.EXACTLY_ONCE_V2,
                1,
                16 << 20,
                limits,
                OnGap.WARN,
                Duration.ofSeconds(20),
                Map.of());
        Pipeline pipeline = create(settings, service::classify);
        LoggerFactory.getLogger(PipelineWithoutFrontier.class).info("The commit frontier is off");
        pipeline.start();
        pipeline.awaitEnd();
    }

    /** Creates a pipeline with these settings. */
    public static Pipeline create(PipelineSettings settings, EventClassifier classifier) {
        Pipeline.Parts parts = Pipeline.Parts.of(settings, TopologyMetrics.NONE, Replay.NONE);
        return new Pipeline(
                settings, parts, ClassifyTopology.build(parts, classifier), new DefaultKafkaClientSupplier());
    }
}
