package io.resnetstreams.inference.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.repository.zoo.ModelNotFoundException;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model loaded onto a device by an engine, with a classifier for each of its workers.
 *
 * <p>Threading: one thread loads it, and closes it after its classifiers; each classifier belongs to one worker thread.
 */
public final class DeviceModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModel.class);

    private final InferenceEngine engine;
    private final ModelDirectory directory;
    private final ComputeDevice device;
    private final List<Model> models;
    private final List<DjlClassifier> classifiers;
    private final int imageBytes;
    private final int largestBatch;
    private BatchCalibration calibration;
    private long loadMillis;
    private boolean closed;

    private DeviceModel(
            InferenceEngine engine,
            ModelDirectory directory,
            ComputeDevice device,
            List<Model> models,
            int workers,
            int largestBatch) {
        Preprocessing input = directory.preprocessing();
        this.engine = engine;
        this.directory = directory;
        this.device = device;
        this.models = models;
        this.imageBytes = input.width() * input.height() * 3;
        this.largestBatch = largestBatch;
        this.classifiers = IntStream.range(0, workers)
                .mapToObj(worker -> models.get(worker % models.size()))
                .map(model -> new DjlClassifier(
                        model.newPredictor(new DjlClassifier.PixelTranslator(input)),
                        imageBytes,
                        directory.embeddingLength(),
                        engine))
                .toList();
    }

    /**
     * Loads a model and classifies blank images with each worker. This detects a model that can't run, lets the engine plan its
     * memory, and measures the best batch size.
     *
     * @param largestBatch the largest batch size to measure
     * @param directory its rows end with the embedding if it is {@link ModelDirectory#withEmbedding}
     * @throws IllegalArgumentException if the engine can't load it, or the numbers of its outputs and labels differ
     */
    public static DeviceModel load(
            EngineName engine, ModelDirectory directory, ComputeDevice device, int workers, int largestBatch) {
        return load(InferenceEngine.of(engine), directory, device, workers, largestBatch);
    }

    /** Loads a model to the CPU, with the first engine that can run it; see {@link EngineSelector}. */
    public static DeviceModel load(ModelDirectory directory, int workers, int largestBatch) {
        return load(EngineSelector.first(directory), directory, ComputeDevice.CPU, workers, largestBatch);
    }

    static DeviceModel load(
            InferenceEngine engine, ModelDirectory directory, ComputeDevice device, int workers, int largestBatch) {
        return load(engine, directory, device, workers, largestBatch, largestBatch);
    }

    private static DeviceModel load(
            InferenceEngine engine,
            ModelDirectory directory,
            ComputeDevice device,
            int workers,
            int largestBatch,
            int largestMeasured) {
        if (directory.description().precision() == Precision.INT8 && device.isGpu()) {
            throw new IllegalArgumentException(
                    "the model " + directory.directory() + " is in int8, which is for CPUs; the device is " + device);
        }
        long start = System.nanoTime();
        List<Model> models;
        try {
            models = engine.load(directory, device, workers, largestBatch);
        } catch (IOException | ModelNotFoundException | MalformedModelException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "cannot load the model " + directory.directory() + ": " + e.getMessage(), e);
        }
        DeviceModel loaded = new DeviceModel(engine, directory, device, models, workers, largestBatch);
        try {
            engine.runFirst(directory, loaded::warmUp);
            loaded.calibrate(largestMeasured);
        } catch (RuntimeException e) {
            loaded.classifiers.forEach(Classifier::close);
            loaded.close();
            throw new IllegalArgumentException(
                    "cannot run the model " + directory.directory() + ": " + e.getMessage(), e);
        }
        loaded.loadMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return loaded;
    }

    /** Loads the model again, for a classifier that shares nothing with the others and closes its own model. */
    public Classifier freshClassifier() {
        DeviceModel copy = load(engine, directory, device, 1, largestBatch, 1);
        return copy.classifiers.get(0).closingAlso(copy.models.get(0));
    }

    private void warmUp() {
        for (Classifier classifier : classifiers) {
            float[][] rows = ProbabilityRows.classify(classifier, List.of(new byte[imageBytes]));
            int outputs = rows[0].length - embeddingLength();
            if (outputs != directory.labels().size()) {
                throw new IllegalStateException("it has " + outputs + " outputs and "
                        + directory.labels().size() + " labels");
            }
        }
    }

    /** Measures with the first worker; the others run one batch of the best size, to plan their memory. */
    private void calibrate(int largestMeasured) {
        calibration = BatchCalibration.measure(classifiers.get(0), imageBytes, largestMeasured, System::nanoTime);
        List<byte[]> batch = Collections.nCopies(calibration.best(), new byte[imageBytes]);
        for (Classifier classifier : classifiers.subList(1, classifiers.size())) {
            try {
                ProbabilityRows.classify(classifier, batch);
            } catch (OutOfDeviceMemoryException e) {
                // Such a batch is halved later.
                LOG.warn("{} has no memory for {} images at once in each worker", device, calibration.best());
            }
        }
    }

    /** Returns the throughput measured when the model was loaded. */
    public BatchCalibration calibration() {
        return calibration;
    }

    /** Returns the throughput of all workers at the best batch size, according to {@link #calibration}. */
    double imagesPerSecond() {
        return classifiers.size()
                * Collections.max(calibration.imagesPerSecond().values());
    }

    /** Returns a classifier for each worker; the caller closes them, before this model. */
    public List<Classifier> classifiers() {
        return List.copyOf(classifiers);
    }

    /** Returns the number of the engine's open arrays, constant while no batch is running. Thread-safe. */
    public int openArrays() {
        int managed = models.stream()
                .mapToInt(model -> model.getNDManager().getManagedArrays().size())
                .sum();
        return managed
                + classifiers.stream().mapToInt(DjlClassifier::openResults).sum();
    }

    /** Returns the time to load the model including the first batches, in milliseconds. */
    public long loadMillis() {
        return loadMillis;
    }

    /** Returns the engine that runs it. */
    public EngineName engine() {
        return engine.name();
    }

    /** Returns the device's name: {@code cpu}, {@code gpu:0}. */
    public String deviceName() {
        return device.toString();
    }

    /** Returns the number of values that follow the class probabilities in each row; 0 without an embedding. */
    public int embeddingLength() {
        return directory.embeddingLength();
    }

    /** Returns the size of one image's pixels: H·W·3. */
    public int imageBytes() {
        return imageBytes;
    }

    @Override
    public void close() {
        // ONNX Runtime refuses to close a session again.
        if (!closed) {
            closed = true;
            models.forEach(Model::close);
        }
    }
}
