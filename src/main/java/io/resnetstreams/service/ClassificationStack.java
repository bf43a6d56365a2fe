package io.resnetstreams.service;

import io.resnetstreams.common.Folders;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.LabelSettings;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.fetch.ImageFetcher;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.ClassificationService;
import io.resnetstreams.inference.LabelFactory;
import io.resnetstreams.inference.LabelRanking;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.inference.batch.Supervision;
import io.resnetstreams.inference.engine.BatchCalibration;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.EventClassifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model loaded to its devices, with batchers and decode threads, as configured. */
public final class ClassificationStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClassificationStack.class);

    private final ModelDirectory model;
    private final EngineSelector.Selection selection;
    private final ImageFetcher fetcher;
    private final EventReader reader;
    private final ClassificationService service;

    private ClassificationStack(
            ModelDirectory model,
            EngineSelector.Selection selection,
            ImageFetcher fetcher,
            EventReader reader,
            ClassificationService service) {
        this.model = model;
        this.selection = selection;
        this.fetcher = fetcher;
        this.reader = reader;
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

    /**
     * Selects the configured engine and devices, and loads the model with the configured number of workers.
     *
     * @param embedding whether rows end with the embedding of the image; a model without one is a usage error
     */
    public static EngineSelector.Selection load(Configuration configuration, ModelDirectory model, boolean embedding) {
        ModelDirectory served = embedding ? withEmbedding(model) : model;
        try {
            return load(configuration, served, configuration.engine(), configuration.device());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Loads a model as configured, but for the settings of engine and device. */
    static EngineSelector.Selection load(
            Configuration configuration, ModelDirectory model, String engine, String device) {
        return new EngineSelector(engine, configuration.onnxProviders(), model)
                .load(
                        model,
                        device,
                        each -> workers(configuration, each),
                        configuration.batch().policy().maxSize());
    }

    private static ModelDirectory withEmbedding(ModelDirectory model) {
        try {
            return model.withEmbedding();
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage("labels.embedding is set, but " + e.getMessage(), e);
        }
    }

    /** Checks what all images need that events refer to, as {@link ImageFetcher#check} does; otherwise it is a usage error. */
    public static void checkReferences(Configuration configuration) {
        try {
            ImageFetcher.check(configuration.references());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Loads the model to the configured devices and starts their workers. */
    public static ClassificationStack open(
            Configuration configuration, ModelDirectory model, InferenceMetrics metrics, FetchMetrics fetches) {
        return open(configuration, model, metrics, fetches, UnaryOperator.identity());
    }

    /** Does the same with a wrapper around each classifier. */
    public static ClassificationStack open(
            Configuration configuration,
            ModelDirectory model,
            InferenceMetrics metrics,
            FetchMetrics fetches,
            UnaryOperator<Classifier> around) {
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(configuration.limits().image(), model.preprocessing());
        ImagePreprocessor.warmUp();
        LabelSettings settings = configuration.labels();
        EventReader reader = configuration.eventReader();
        LabelEncoder encoder = new LabelEncoder(settings, LabelSchema.register(configuration));
        EngineSelector.Selection selection = load(configuration, model, settings.hasEmbedding());
        // malloc keeps the memory that loading needed, and that of an engine that was not selected.
        Pointer.trimMemory();
        selection.models().forEach(loaded -> report(metrics, loaded, configuration));
        List<Batcher> batchers = selection.models().stream()
                .map(loaded -> batcher(configuration.batch(), loaded, metrics, around))
                .toList();
        ImageFetcher fetcher = new ImageFetcher(
                configuration.references(), configuration.limits().image().maxImageBytes(), fetches);
        ClassificationService service = new ClassificationService(
                reader,
                fetcher,
                preprocessor,
                configuration.decodeThreads(),
                batchers,
                new LabelFactory(
                        new LabelRanking(
                                model.labels(),
                                settings.topK() > 0 ? settings.topK() : model.topK(),
                                selection.models().get(0).embeddingLength()),
                        reference(model),
                        encoder),
                metrics);
        return new ClassificationStack(model, selection, fetcher, reader, service);
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

    private static int workers(Configuration configuration, ComputeDevice device) {
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

    /** Returns the engine and the devices that run the model. */
    public EngineSelector.Selection selection() {
        return selection;
    }

    /** Returns the names of the devices, such as {@code cpu} and {@code gpu:0}. */
    public List<String> deviceNames() {
        return selection.models().stream().map(DeviceModel::deviceName).toList();
    }

    /** Returns why events wait for another system, as a sentence without its full stop; empty if they do not. Thread-safe. */
    public Optional<String> outage() {
        return reader.outage().or(fetcher::outage);
    }

    /** Returns the running service as the topology calls it, which wakes decode threads for several events at a time. */
    public EventClassifier classifier() {
        return EventClassifier.of(service::queue, service::startQueued);
    }

    /** Returns the running service. */
    public ClassificationService service() {
        return service;
    }

    /** Returns the number of open arrays on all devices; see {@link DeviceModel#openArrays}. */
    int openArrays() {
        return selection.models().stream().mapToInt(DeviceModel::openArrays).sum();
    }

    @Override
    public void close() {
        fetcher.close();
        service.close();
        // Memory that a thread still uses must not be freed.
        if (!DeviceThreads.areRunning()) {
            selection.models().forEach(DeviceModel::close);
        }
    }
}
