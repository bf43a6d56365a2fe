package io.resnetstreams.faults;

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
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.InFlightLimits;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.PipelineWithoutFrontier;
import io.resnetstreams.topology.Topics;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The pipeline as {@code run} builds it, around a {@link FakeClassifier}, in a process of its own. It can have a
 * {@link Defect} that the audit must find.
 */
public final class FakeInstance {
    /** The exit code of an instance whose pipeline has failed. */
    static final int FAILED = 1;

    private static final int WORKERS = 2;
    private static final int LARGEST_BATCH = 32;
    /** The product's minimum, so that a busy machine is not taken for a hung device. */
    private static final int PREDICTION_TIMEOUT_MILLIS = 30_000;

    private static final int SHORT_PREDICTION_TIMEOUT_MILLIS = 1_000;

    private FakeInstance() {}

    /** A defect of the pipeline itself. */
    enum Defect {
        NONE,
        /** Consumed events are committed whether they are done or not. */
        NO_FRONTIER,
        /** Outcomes are forwarded in the order in which they complete. */
        NO_ORDER
    }

    /**
     * The options of an instance.
     *
     * @param millisPerBatch time per batch of the first worker; the second takes twice as long
     * @param endAfter how many batches are answered before a classifier halts or hangs
     */
    record Options(Behaviour behaviour, Defect defect, int millisPerBatch, int endAfter) {
        static Options of(Behaviour behaviour) {
            return new Options(behaviour, Defect.NONE, 10, 0);
        }

        Options withDefect(Defect another) {
            return new Options(behaviour, another, millisPerBatch, endAfter);
        }

        Options withMillisPerBatch(int millis) {
            return new Options(behaviour, defect, millis, endAfter);
        }

        Options endingAfter(int batches) {
            return new Options(behaviour, defect, millisPerBatch, batches);
        }
    }

    /** Returns the arguments of {@link #main}. */
    static List<String> arguments(
            String bootstrap,
            String applicationId,
            String clientId,
            Topics topics,
            Guarantee guarantee,
            Options options) {
        return List.of(
                bootstrap,
                applicationId,
                clientId,
                topics.input(),
                topics.labels(),
                topics.deadLetters(),
                guarantee.name(),
                options.behaviour.name(),
                options.defect.name(),
                Integer.toString(options.millisPerBatch),
                Integer.toString(options.endAfter));
    }

    public static void main(String[] arguments) throws InterruptedException {
        Configurator.setLevel("io.resnetstreams", Level.INFO);
        Options options = new Options(
                Behaviour.valueOf(arguments[7]),
                Defect.valueOf(arguments[8]),
                Integer.parseInt(arguments[9]),
                Integer.parseInt(arguments[10]));
        PipelineSettings settings = new PipelineSettings(
                arguments[1],
                arguments[0],
                new Topics(arguments[3], arguments[4], arguments[5]),
                Guarantee.valueOf(arguments[6]),
                1,
                1 << 20,
                new InFlightLimits(2_048, 64 << 20),
                OnGap.WARN,
                Duration.ofSeconds(20),
                Map.of("client.id", arguments[2]));
        Pipeline pipeline = pipeline(settings, service(options), options.defect);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            pipeline.close();
                            Runtime.getRuntime().halt(pipeline.failure() == null ? 0 : FAILED);
                        },
                        "shutdown"));
        pipeline.start();
        pipeline.awaitEnd();
        if (pipeline.failure() != null) {
            pipeline.failure().printStackTrace();
            System.exit(FAILED);
        }
    }

    private static Pipeline pipeline(PipelineSettings settings, ClassificationService service, Defect defect) {
        EventClassifier classifier = service::classify;
        return switch (defect) {
            case NONE -> Pipeline.create(settings, classifier, TopologyMetrics.NONE);
            case NO_FRONTIER -> PipelineWithoutFrontier.create(settings, classifier);
            case NO_ORDER -> Pipeline.create(settings, new FinishOrder(classifier), TopologyMetrics.NONE);
        };
    }

    private static ClassificationService service(Options options) {
        FakeClassifier.Countdown countdown = new FakeClassifier.Countdown(options.endAfter);
        long nanos = TimeUnit.MILLISECONDS.toNanos(options.millisPerBatch);
        int timeoutMillis =
                options.behaviour == Behaviour.HANGS ? SHORT_PREDICTION_TIMEOUT_MILLIS : PREDICTION_TIMEOUT_MILLIS;
        Batcher batcher = new Batcher(
                "fake",
                List.of(
                        new FakeClassifier(options.behaviour, nanos, countdown),
                        new FakeClassifier(options.behaviour, WORKERS * nanos, countdown)),
                TestEvents.EDGE * TestEvents.EDGE * 3,
                new BatchPolicy(LARGEST_BATCH, 0),
                InferenceMetrics.NONE,
                new Supervision(
                        timeoutMillis, () -> new FakeClassifier(options.behaviour, nanos, countdown), timeoutMillis));
        ImagePreprocessor.warmUp();
        return new ClassificationService(
                DefaultLimits.eventReader(),
                ImageSource.NONE,
                new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, TestEvents.EDGE, TestEvents.EDGE)),
                WORKERS,
                List.of(batcher),
                new LabelFactory(
                        new LabelRanking(TestEvents.labels(), 3),
                        new ModelReference("fake", "0"),
                        DefaultLimits.labels()),
                InferenceMetrics.NONE);
    }
}
