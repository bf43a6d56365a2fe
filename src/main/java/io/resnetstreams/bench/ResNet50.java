package io.resnetstreams.bench;

import ai.djl.Device;
import io.resnetstreams.inference.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.FormulaModel;
import io.resnetstreams.model.ModelDirectory;
import java.util.List;

/** ResNet-50 at 224×224 with weights from the formula, on the CPU's workers, and photographs on the input topic. */
final class ResNet50 implements AutoCloseable {
    private static final int CLASSES = 1_000;
    /** More than any round classifies of them. */
    private static final int EVENTS_PER_SECOND = 100;

    private static final int WARM_UP_SECONDS = 8;

    private final ModelDirectory directory;
    private final DeviceModel model;
    private final KafkaSetup kafka;

    ResNet50(BenchSettings settings, String name) throws Exception {
        this.directory = FormulaModel.write(settings.directory().resolve(name), "resnet50", CLASSES);
        this.model = DeviceModel.load(
                directory, Device.cpu(), Runtime.getRuntime().availableProcessors(), Service.LARGEST_BATCH);
        this.kafka = new KafkaSetup(settings.directory().resolve(name + "-broker"));
        kafka.produce(Photographs.read(settings.images()), EVENTS_PER_SECOND * (settings.seconds() + 10));
        warmUp();
    }

    /**
     * Runs the pipeline with a classifier that costs nothing. The compiler is done with broker, clients and decoding then;
     * beside a slow network it would take a third of a core for the first minutes.
     */
    private void warmUp() throws Exception {
        Classifier free = new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return new float[images.size()][CLASSES];
            }

            @Override
            public void close() {
                // It holds nothing.
            }
        };
        try (Service service = new Service(List.of(List.of(free)), directory.preprocessing(), CLASSES, batch())) {
            TopologyRun.pipeline(kafka, service.service()::classify, WARM_UP_SECONDS);
        }
    }

    KafkaSetup kafka() {
        return kafka;
    }

    ModelDirectory directory() {
        return directory;
    }

    /** Returns the size of one image's pixels: H·W·3. */
    int imageBytes() {
        return model.imageBytes();
    }

    List<Classifier> classifiers() {
        return model.classifiers();
    }

    /** Images per second with pixels ready in memory, in batches of the size that the device is fastest with. */
    double ceiling(int seconds) throws Exception {
        return DeviceLoad.rate(model.classifiers(), new byte[model.imageBytes()], batch(), seconds);
    }

    /** Starts the product's service on the classifiers, which stay open when it closes. */
    Service service() {
        List<Classifier> kept =
                model.classifiers().stream().map(ResNet50::keptOpen).toList();
        return new Service(List.of(kept), directory.preprocessing(), CLASSES, batch());
    }

    private int batch() {
        return model.calibration().best();
    }

    private static Classifier keptOpen(Classifier classifier) {
        return new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return classifier.classify(images);
            }

            @Override
            public java.util.function.Supplier<float[][]> begin(List<byte[]> images) {
                return classifier.begin(images);
            }

            @Override
            public void close() {
                // The model's owner closes it.
            }
        };
    }

    /** Images per second through Kafka and back, as the product does it. */
    double pipeline(int seconds) throws Exception {
        try (Service service = service()) {
            return TopologyRun.pipeline(kafka, service.service()::classify, seconds);
        }
    }

    @Override
    public void close() {
        kafka.close();
        model.classifiers().forEach(Classifier::close);
        model.close();
    }
}
