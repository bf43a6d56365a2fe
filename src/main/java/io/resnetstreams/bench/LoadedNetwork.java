package io.resnetstreams.bench;

import ai.djl.Device;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.util.List;

/** A network on the CPU, and a broker with images, which the caller closes; null to measure only the network. */
record LoadedNetwork(ModelDirectory directory, KafkaSetup kafka, DeviceModel model) implements AutoCloseable {
    /** The number of ImageNet's classes. */
    private static final int CLASSES = 1_000;
    /** An upper bound of the throughput of ResNet-50 on a CPU. */
    private static final int PHOTOGRAPHS_PER_SECOND = 100;

    private static final int WARM_UP_SECONDS = 8;

    /** Loads a model; throws {@link IllegalArgumentException} if this CPU can't run it. */
    LoadedNetwork(ModelDirectory directory, KafkaSetup kafka) {
        this(
                directory,
                kafka,
                DeviceModel.load(
                        directory,
                        Device.cpu(),
                        Runtime.getRuntime().availableProcessors(),
                        BenchSettings.LARGEST_BATCH));
    }

    /** Measures with a ResNet-50 that is warmed up, and with photographs on the input topic. */
    static <T> T withResNet50(BenchSettings settings, String name, Rounds.Measurement<LoadedNetwork, T> measurement)
            throws Exception {
        try (KafkaSetup kafka = photographs(settings, name);
                LoadedNetwork network = new LoadedNetwork(resNet50(settings, name), kafka)) {
            network.warmUp();
            return measurement.measure(network);
        }
    }

    /** Writes a ResNet-50 for 224×224 pixels with weights from a formula. */
    static ModelDirectory resNet50(BenchSettings settings, String name) throws IOException, InvalidModelException {
        return FormulaModel.write(settings.directory().resolve(name), "resnet50", CLASSES);
    }

    /** Starts a broker with photographs on the input topic. */
    static KafkaSetup photographs(BenchSettings settings, String name) throws IOException, InterruptedException {
        KafkaSetup kafka = new KafkaSetup(settings, name + "-broker");
        kafka.produce(
                KafkaSetup.INPUT,
                Photographs.read(settings.images()),
                PHOTOGRAPHS_PER_SECOND * (settings.seconds() + 10));
        return kafka;
    }

    /**
     * Runs the pipeline with a constant classifier, so that the JIT compiler has compiled the broker, the clients and the
     * decoders. With a slow network, compilation would take a third of a core for the first minutes.
     */
    void warmUp() throws Exception {
        int classes = directory.labels().size();
        try (Service service = new Service(
                List.of(List.of(new Service.ConstantNetwork(classes))), directory.preprocessing(), classes, batch())) {
            kafka.run().pipeline(service::classify, WARM_UP_SECONDS);
        }
    }

    ImagePreprocessor preprocessor() {
        return BenchSettings.preprocessor(directory.preprocessing());
    }

    /** Returns a black input image. */
    byte[] blankImage() {
        return new byte[model.imageBytes()];
    }

    List<Classifier> classifiers() {
        return model.classifiers();
    }

    /** Returns images per second for pixels in memory, with the fastest batch size. */
    double ceiling(int seconds) throws Exception {
        return ceiling(batch(), seconds);
    }

    /** Returns images per second for pixels in memory. */
    double ceiling(int batch, int seconds) throws Exception {
        return SpeedComparison.rate(model.classifiers(), blankImage(), batch, seconds);
    }

    /** Starts the pipeline's service, which leaves the classifiers open when it is closed. */
    Service service() {
        List<Classifier> keptOpen = model.classifiers().stream()
                .<Classifier>map(classifier -> new WrappedClassifier(classifier, () -> {}, () -> {}))
                .toList();
        return new Service(
                List.of(keptOpen), directory.preprocessing(), directory.labels().size(), batch());
    }

    private int batch() {
        return model.calibration().best();
    }

    /** Returns images per second for the whole pipeline. */
    double pipeline(int seconds) throws Exception {
        try (Service service = service()) {
            return kafka.run().pipeline(service::classify, seconds);
        }
    }

    @Override
    public void close() {
        model.classifiers().forEach(Classifier::close);
        model.close();
    }
}
