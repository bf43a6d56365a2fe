package io.resnetstreams.bench;

import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.inference.engine.EngineSelector.Selection;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.precision.SpeedComparison;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A network on the devices of an engine, and a broker with images, which the caller closes; null to measure only the network.
 */
record LoadedNetwork(ModelDirectory directory, KafkaSetup kafka, Selection selection) implements AutoCloseable {
    private static final int WARM_UP_SECONDS = 8;

    /**
     * Loads a model with as many workers as the pipeline has by default; throws {@link IllegalArgumentException} if the machine
     * can't run it.
     *
     * @param engine {@code auto} or an engine's name
     * @param device see {@link io.resnetstreams.inference.engine.DeviceSelector}
     */
    LoadedNetwork(ModelDirectory directory, KafkaSetup kafka, String engine, String device) {
        this(
                directory,
                kafka,
                new EngineSelector(engine, BenchSettings.PIPELINE.onnxProviders(), directory)
                        .load(
                                directory,
                                device,
                                selected -> selected.isGpu()
                                        ? 1
                                        : Runtime.getRuntime().availableProcessors(),
                                BenchSettings.LARGEST_BATCH));
    }

    EngineName engine() {
        return selection.engine();
    }

    /** Returns the names of the devices. */
    String device() {
        return selection.models().stream().map(DeviceModel::deviceName).collect(Collectors.joining(", "));
    }

    /** Returns whether it runs on GPUs, which also run fp16. */
    boolean isOnGpu() {
        return !device().equals(ComputeDevice.CPU.toString());
    }

    /** Returns the name of a candidate that is measured with this network's engine. */
    String candidate(String name) {
        return name + "-" + engine();
    }

    /**
     * Runs the pipeline with a constant classifier, so that the JIT compiler has compiled the broker, the clients and the
     * decoders. With a slow network, compilation would take a third of a core for the first minutes.
     */
    void warmUp() throws Exception {
        int classes = directory.labels().size();
        try (Service service = new Service(
                List.of(List.of(new Service.ConstantNetwork(classes))), directory.preprocessing(), classes, batch())) {
            kafka.run().pipeline(service.classifier(), WARM_UP_SECONDS);
        }
    }

    ImagePreprocessor preprocessor() {
        return BenchSettings.preprocessor(directory.preprocessing());
    }

    /** Returns a black input image. */
    byte[] blankImage() {
        return new byte[firstModel().imageBytes()];
    }

    /** Returns the classifiers of all workers. */
    List<Classifier> classifiers() {
        return selection.models().stream()
                .flatMap(model -> model.classifiers().stream())
                .toList();
    }

    /** Returns images per second for pixels in memory, with the fastest batch size. */
    double ceiling(int seconds) throws Exception {
        return ceiling(batch(), seconds);
    }

    /** Returns images per second for pixels in memory. */
    double ceiling(int batch, int seconds) throws Exception {
        return SpeedComparison.rate(classifiers(), blankImage(), batch, 1_000L * seconds);
    }

    /** Starts the pipeline's service, which leaves the classifiers open when it is closed. */
    Service service() {
        return service(ImageSource.NONE);
    }

    private Service service(ImageSource images) {
        List<List<Classifier>> keptOpen = selection.models().stream()
                .map(model -> model.classifiers().stream()
                        .<Classifier>map(classifier -> new WrappedClassifier(classifier, () -> {}, () -> {}))
                        .toList())
                .toList();
        return new Service(
                keptOpen, directory.preprocessing(), directory.labels().size(), batch(), images);
    }

    private int batch() {
        return firstModel().calibration().best();
    }

    private DeviceModel firstModel() {
        return selection.models().get(0);
    }

    /** Returns images per second for the whole pipeline. */
    double pipeline(int seconds) throws Exception {
        try (Service service = service()) {
            return kafka.run().pipeline(service.classifier(), seconds);
        }
    }

    /** Does the same for a topic whose events may refer to images of a source, measured after {@code warmUp}. */
    double pipeline(String topic, ImageSource images, Duration warmUp, int seconds) throws Exception {
        try (Service service = service(images)) {
            return kafka.run(topic, Map.of()).after(warmUp).pipeline(service.classifier(), seconds);
        }
    }

    @Override
    public void close() {
        classifiers().forEach(Classifier::close);
        selection.models().forEach(DeviceModel::close);
    }
}
