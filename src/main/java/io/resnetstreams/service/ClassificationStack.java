package io.resnetstreams.service;

import ai.djl.Device;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
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

/** A model loaded to its devices, with batchers and decode threads, as configured. */
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

    /** Reads and verifies a model directory; an invalid one is a usage error. */
    public static ModelDirectory model(String path) {
        try {
            return ModelDirectory.load(Folders.resolve(Path.of(path)));
        } catch (InvalidModelException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** The selected devices, and their description. */
    public record Devices(List<Device> list, String description) {}

    /** Selects the configured devices. */
    public static Devices devices(Configuration configuration) {
        try {
            DeviceSelector selector = new DeviceSelector();
            List<Device> devices = selector.select(configuration.device());
            return new Devices(devices, selector.describe(devices));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Loads the model to a device, with the configured number of workers. */
    public static DeviceModel load(Configuration configuration, ModelDirectory model, Device device) {
        return DeviceModel.load(
                model,
                device,
                workers(configuration, device),
                configuration.batch().policy().maxSize());
    }

    /** Loads the model to the configured devices and starts their workers. */
    public static ClassificationStack open(
            Configuration configuration, ModelDirectory model, InferenceMetrics metrics) {
        return open(configuration, model, metrics, UnaryOperator.identity());
    }

    /** Does the same with a wrapper around each classifier. */
    public static ClassificationStack open(
            Configuration configuration,
            ModelDirectory model,
            InferenceMetrics metrics,
            UnaryOperator<Classifier> around) {
        // The engine is loaded first, since only its error explains which library is missing.
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
        deviceModels.forEach(loaded -> report(metrics, loaded, configuration));
        List<Batcher> batchers = deviceModels.stream()
                .map(loaded -> batcher(configuration.batch(), loaded, metrics, around))
                .toList();
        ClassificationService service = new ClassificationService(
                configuration.eventReader(),
                preprocessor,
                configuration.decodeThreads(),
                batchers,
                new LabelRanking(model.labels(), model.topK()),
                reference(model),
                metrics);
        return new ClassificationStack(model, devices.description(), deviceModels, service);
    }

    private static void report(InferenceMetrics metrics, DeviceModel loaded, Configuration configuration) {
        BatchCalibration calibration = loaded.calibration();
        int largest = configuration.batch().size(calibration);
        String device = loaded.deviceName();
        LOG.info("{}: batches of up to {}; images/s of a worker by batch size: {}", device, largest, calibration);
        metrics.loaded(device, loaded.classifiers().size(), largest, calibration.imagesPerSecondUpTo(largest));
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
        int suitable = device.isGpu() ? 1 : Runtime.getRuntime().availableProcessors();
        return configured > 0 ? configured : suitable;
    }

    /** Returns the name and the digest of a model. */
    public static ModelReference reference(ModelDirectory model) {
        return new ModelReference(model.name(), model.digest());
    }

    /** Returns the name and the digest of the loaded model. */
    public ModelReference modelReference() {
        return reference(model);
    }

    /** Returns the description of the devices, for text and {@code --json}. */
    public String device() {
        return deviceDescription;
    }

    /** Returns the names of the devices, such as {@code cpu} and {@code gpu:0}. */
    public List<String> deviceNames() {
        return deviceModels.stream().map(DeviceModel::deviceName).toList();
    }

    /** Returns the running service. */
    public ClassificationService service() {
        return service;
    }

    /** Returns the number of open arrays on all devices; see {@link DeviceModel#openArrays}. */
    int openArrays() {
        return deviceModels.stream().mapToInt(DeviceModel::openArrays).sum();
    }

    @Override
    public void close() {
        service.close();
        // Memory that a thread still uses must not be freed.
        if (!DeviceThreads.areRunning()) {
            deviceModels.forEach(DeviceModel::close);
        }
    }
}
