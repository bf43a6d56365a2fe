package io.resnetstreams.bench;

import ai.djl.Device;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** A network on the CPU's workers, and a broker with images for it on the input topic. */
public final class LoadedNetwork implements AutoCloseable {
    /** Of ImageNet, whose networks are measured without their weights. */
    private static final int CLASSES = 1_000;
    /** More photographs than a large network classifies in a second on any CPU. */
    private static final int PHOTOGRAPHS_PER_SECOND = 100;

    private static final int WARM_UP_SECONDS = 8;

    private final ModelDirectory directory;
    private final KafkaSetup kafka;
    private final DeviceModel model;

    /**
     * Loads a model.
     *
     * @param kafka has events for it; it is the caller's to close
     * @throws IllegalArgumentException if this processor can't run it
     */
    public LoadedNetwork(ModelDirectory directory, KafkaSetup kafka) {
        this.directory = directory;
        this.kafka = kafka;
        this.model = DeviceModel.load(
                directory, Device.cpu(), Runtime.getRuntime().availableProcessors(), Service.LARGEST_BATCH);
    }

    /** Writes ResNet-50 at 224×224 with weights from the formula. */
    public static ModelDirectory resNet50(BenchSettings settings, String name) throws IOException {
        return FormulaModel.write(settings.directory().resolve(name), "resnet50", CLASSES);
    }

    /** Starts a broker with photographs on the input topic. */
    public static KafkaSetup photographs(BenchSettings settings, String name) throws IOException {
        KafkaSetup kafka = new KafkaSetup(settings.directory().resolve(name + "-broker"));
        kafka.produce(Photographs.read(settings.images()), PHOTOGRAPHS_PER_SECOND * (settings.seconds() + 10));
        return kafka;
    }

    /**
     * Runs the pipeline with a classifier that costs nothing. The compiler is done with broker, clients and decoding then;
     * beside a slow network it would take a third of a core for the first minutes.
     */
    public void warmUp() throws Exception {
        int classes = directory.labels().size();
        try (Service service = new Service(
                List.of(List.of(new ConstantNetwork(classes))), directory.preprocessing(), classes, batch())) {
            TopologyRun.pipeline(kafka, service.service()::classify, WARM_UP_SECONDS);
        }
    }

    public KafkaSetup kafka() {
        return kafka;
    }

    public ModelDirectory directory() {
        return directory;
    }

    /** Returns the size of one image's pixels: H·W·3. */
    public int imageBytes() {
        return model.imageBytes();
    }

    public List<Classifier> classifiers() {
        return model.classifiers();
    }

    /** Images per second with pixels ready in memory, in batches of the size that the device is fastest with. */
    public double ceiling(int seconds) throws Exception {
        return DeviceLoad.rate(model.classifiers(), new byte[model.imageBytes()], batch(), seconds);
    }

    /** Starts the product's service on the classifiers, which stay open when it closes. */
    public Service service() {
        List<Classifier> kept =
                model.classifiers().stream().map(LoadedNetwork::keptOpen).toList();
        return new Service(
                List.of(kept), directory.preprocessing(), directory.labels().size(), batch());
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
            public Supplier<float[][]> begin(List<byte[]> images) {
                return classifier.begin(images);
            }

            @Override
            public void close() {
                // The model's owner closes it.
            }
        };
    }

    /** Images per second through Kafka and back, as the product does it. */
    public double pipeline(int seconds) throws Exception {
        try (Service service = service()) {
            return TopologyRun.pipeline(kafka, service.service()::classify, seconds);
        }
    }

    @Override
    public void close() {
        model.classifiers().forEach(Classifier::close);
        model.close();
    }
}
