package io.resnetstreams.bench;

import ai.djl.Device;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A network on the CPU, and a broker with images on the input topic. */
public final class LoadedNetwork implements AutoCloseable {
    /** The number of ImageNet's classes. */
    private static final int CLASSES = 1_000;
    /** An upper bound of the throughput of ResNet-50 on a CPU. */
    private static final int PHOTOGRAPHS_PER_SECOND = 100;

    private static final int WARM_UP_SECONDS = 8;

    private final ModelDirectory directory;
    private final KafkaSetup kafka;
    private final DeviceModel model;

    /**
     * Loads a model.
     *
     * @param kafka a broker with events; the caller closes it
     * @throws IllegalArgumentException if this CPU can't run the model
     */
    public LoadedNetwork(ModelDirectory directory, KafkaSetup kafka) {
        this.directory = directory;
        this.kafka = kafka;
        this.model = DeviceModel.load(
                directory, Device.cpu(), Runtime.getRuntime().availableProcessors(), Service.LARGEST_BATCH);
    }

    /** A measurement with a loaded network. */
    @FunctionalInterface
    public interface Measurement {
        /** Returns images per second. */
        double rate(LoadedNetwork network) throws Exception;
    }

    /** Compares the pipeline with an alternative, both with ResNet-50 and photographs; returns the figures. */
    public static Map<String, Object> comparePipeline(BenchSettings settings, String name, Measurement alternative)
            throws Exception {
        try (KafkaSetup kafka = photographs(settings, name);
                LoadedNetwork network = new LoadedNetwork(resNet50(settings, name), kafka)) {
            network.warmUp();
            Map<String, Double> medians = new Rounds(settings.rounds())
                    .add("pipeline", () -> network.pipeline(settings.seconds()))
                    .add(name, () -> alternative.rate(network))
                    .medians();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", medians.get(name));
            figures.put("pipelineTo", medians.get("pipeline") / medians.get(name));
            return figures;
        }
    }

    /** Writes a ResNet-50 for 224×224 pixels with weights from a formula. */
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
     * Runs the pipeline with a constant classifier, so that the JIT compiler has compiled the broker, the clients and the
     * decoders. With a slow network, compilation would take a third of a core for the first minutes.
     */
    public void warmUp() throws Exception {
        int classes = directory.labels().size();
        try (Service service = new Service(
                List.of(List.of(new ConstantNetwork(classes))), directory.preprocessing(), classes, batch())) {
            TopologyRun.pipeline(kafka, service.service()::classify, WARM_UP_SECONDS);
        }
    }

    /** Returns the broker. */
    public KafkaSetup kafka() {
        return kafka;
    }

    /** Returns a preprocessor for the network's input. */
    public ImagePreprocessor preprocessor() {
        return new ImagePreprocessor(BenchSettings.PIPELINE.limits().image(), directory.preprocessing());
    }

    /** Returns the size of an input image in bytes: H·W·3. */
    public int imageBytes() {
        return model.imageBytes();
    }

    /** Returns the workers. */
    public List<Classifier> classifiers() {
        return model.classifiers();
    }

    /** Returns images per second for pixels in memory, with the fastest batch size. */
    public double ceiling(int seconds) throws Exception {
        return DeviceLoad.rate(model.classifiers(), new byte[model.imageBytes()], batch(), seconds);
    }

    /** Starts the pipeline's service, which leaves the classifiers open when it is closed. */
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
                // LoadedNetwork closes it.
            }
        };
    }

    /** Returns images per second for the whole pipeline. */
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
