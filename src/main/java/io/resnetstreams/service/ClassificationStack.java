package io.resnetstreams.service;

import ai.djl.Device;
import io.resnetstreams.common.Home;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.inference.engine.BatchCalibration;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.DeviceSelector;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.MxNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model on its devices, with batchers and decode pool before it: from the configuration to a running service. */
public final class ClassificationStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClassificationStack.class);

    private final ModelDirectory model;
    private final String deviceDescription;
    private final List<DeviceModel> deviceModels;
    private final ClassificationService service;

    private ClassificationStack(
            ModelDirectory model,
            String deviceDescription,
            List<DeviceModel> deviceModels,
            ClassificationService service) {
        this.model = model;
        this.deviceDescription = deviceDescription;
        this.deviceModels = deviceModels;
        this.service = service;
    }

    /** Reads and verifies a model directory; a mistake is one line and exit code 2. */
    public static ModelDirectory model(String path) {
        try {
            return ModelDirectory.load(Home.resolve(Path.of(path)));
        } catch (InvalidModelException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Devices and how the choice is told. */
    public record Devices(List<Device> list, String description) {}

    /** Chooses the devices that the configuration asks for. */
    public static Devices devices(Configuration configuration) {
        try {
            DeviceSelector selector = new DeviceSelector();
            List<Device> devices = selector.select(configuration.device());
            return new Devices(devices, selector.describe(devices));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Loads the model to a device, with as many workers as the configuration says. */
    public static DeviceModel load(Configuration configuration, ModelDirectory model, Device device) {
        return DeviceModel.load(
                model,
                device,
                workers(configuration, device),
                configuration.batch().maxSize());
    }

    /** Loads the model to the devices that the configuration asks for and starts their workers. */
    public static ClassificationStack open(
            Configuration configuration, ModelDirectory model, InferenceMetrics metrics) {
        return open(configuration, model, metrics, UnaryOperator.identity());
    }

    /** The same with this around each classifier. */
    public static ClassificationStack open(
            Configuration configuration,
            ModelDirectory model,
            InferenceMetrics metrics,
            UnaryOperator<Classifier> around) {
        // First of all: of the libraries that a machine may lack it is the one whose lack can be explained.
        MxNet.engine();
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(configuration.limits().image(), model.preprocessing());
        ImagePreprocessor.warmUp();
        Devices devices = devices(configuration);
        List<DeviceModel> deviceModels = new ArrayList<>();
        try {
            for (Device device : devices.list()) {
                deviceModels.add(load(configuration, model, device));
            }
        } catch (IllegalArgumentException e) {
            deviceModels.forEach(DeviceModel::close);
            throw UserErrorException.usage(e.getMessage(), e);
        }
        deviceModels.forEach(loaded -> LOG.info(
                "{}: batches of up to {}; images/s of a worker by batch size: {}",
                loaded.deviceName(),
                configuration.batch().size(loaded.calibration()),
                loaded.calibration()));
        deviceModels.forEach(loaded -> tell(metrics, loaded, configuration));
        List<Batcher> batchers = deviceModels.stream()
                .map(loaded -> batcher(configuration.batch(), loaded, metrics, around))
                .toList();
        ClassificationService service = new ClassificationService(
                new EventReader(configuration.eventLimits()),
                preprocessor,
                configuration.decodeThreads(),
                batchers,
                new LabelRanking(model.labels(), model.topK()),
                reference(model),
                metrics);
        return new ClassificationStack(model, devices.description(), deviceModels, service);
    }

    private static void tell(InferenceMetrics metrics, DeviceModel loaded, Configuration configuration) {
        BatchCalibration calibration = loaded.calibration();
        int largest = configuration.batch().size(calibration);
        metrics.loaded(
                loaded.deviceName(), loaded.classifiers().size(), largest, calibration.imagesPerSecondUpTo(largest));
    }

    private static Batcher batcher(
            Configuration.BatchSection batch,
            DeviceModel loaded,
            InferenceMetrics metrics,
            UnaryOperator<Classifier> around) {
        return new Batcher(
                loaded.deviceName(),
                loaded.classifiers().stream().map(around).toList(),
                loaded.imageBytes(),
                batch.policy(loaded.calibration()),
                metrics,
                new Supervision(
                        batch.timeoutMillis(loaded.calibration()),
                        () -> around.apply(loaded.freshClassifier()),
                        loaded.loadMillis()));
    }

    private static int workers(Configuration configuration, Device device) {
        int configured = configuration.batch().workersPerDevice();
        if (configured > 0) {
            return configured;
        }
        return device.isGpu() ? 1 : Runtime.getRuntime().availableProcessors();
    }

    public static ModelReference reference(ModelDirectory model) {
        return new ModelReference(model.name(), model.digest());
    }

    public ModelReference modelReference() {
        return reference(model);
    }

    /** Returns what was chosen, for people and for {@code --json}. */
    public String device() {
        return deviceDescription;
    }

    /** Returns the devices' names: {@code cpu}, {@code gpu:0}. */
    public List<String> deviceNames() {
        return deviceModels.stream().map(DeviceModel::deviceName).toList();
    }

    public ClassificationService service() {
        return service;
    }

    /** Returns how many of the engine's arrays are open on all devices; see {@link DeviceModel#openArrays}. */
    int openArrays() {
        return deviceModels.stream().mapToInt(DeviceModel::openArrays).sum();
    }

    @Override
    public void close() {
        service.close();
        // What a thread still computes with can't be freed.
        if (!DeviceThreads.areRunning()) {
            deviceModels.forEach(DeviceModel::close);
        }
    }
}
