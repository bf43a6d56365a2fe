package io.resnetstreams.inference.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import io.resnetstreams.common.Folders;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.inference.engine.PixelPacker.PixelBatch;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.network.MxNet;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model loaded onto a device, with a classifier for each of its workers. Each worker has its own block and
 * parameters: sharing a block gains nothing, and blocks that share parameters occasionally deadlock in MXNet's engine.
 *
 * <p>Threading: one thread loads it, and closes it after its classifiers; each classifier belongs to one worker thread.
 */
public final class DeviceModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModel.class);

    /** Folds batch norm and activation into the convolutions: 1.5 times as fast for small images. */
    private static final String CPU_FUSION = "MKLDNN";

    /** An int8 graph is already fused; the fusion does not support fp16. */
    private static final Set<Precision> FUSED = EnumSet.of(Precision.FP32, Precision.BF16);

    private static final String STATIC_ALLOCATION = "ai.djl.mxnet.static_alloc";

    private final ModelDirectory directory;
    private final Device device;
    private final String deviceName;
    private final List<Model> models;
    private final List<DjlClassifier> classifiers;
    private final int imageBytes;
    private BatchCalibration calibration;
    private long loadMillis;

    private DeviceModel(ModelDirectory directory, Device device, List<Model> models) {
        Preprocessing input = directory.preprocessing();
        this.directory = directory;
        this.device = device;
        this.deviceName = DeviceSelector.name(device);
        this.models = models;
        this.imageBytes = input.width() * input.height() * 3;
        this.classifiers = models.stream()
                .map(model ->
                        new DjlClassifier(model.newPredictor(new DjlClassifier.PixelTranslator(input)), imageBytes))
                .toList();
    }

    /**
     * Loads a model and classifies blank images with each worker. This detects a model that can't run, lets the engine plan its
     * memory, and measures the best batch size.
     *
     * @param largestBatch the largest batch size to measure
     * @throws IllegalArgumentException if the engine can't load it, or the numbers of its outputs and labels differ
     */
    public static DeviceModel load(ModelDirectory directory, Device device, int workers, int largestBatch) {
        // The engine itself folds batch norm into the convolutions only on CPUs.
        return load(directory, device, workers, largestBatch, device.isGpu());
    }

    /** Loads it with batch normalisations already folded, or with the engine's own fusion if there is one. */
    static DeviceModel load(ModelDirectory directory, Device device, int workers, int largestBatch, boolean folded) {
        if (directory.description().precision() == Precision.INT8 && device.isGpu()) {
            throw new IllegalArgumentException("the model " + directory.directory()
                    + " is in int8, which is for CPUs; the device is " + DeviceSelector.name(device));
        }
        long start = System.nanoTime();
        List<Model> models = new ArrayList<>();
        try {
            loadInto(models, directory, device, workers, folded);
        } catch (IOException | ModelNotFoundException | MalformedModelException | RuntimeException e) {
            models.forEach(Model::close);
            throw new IllegalArgumentException(
                    "cannot load the model " + directory.directory() + ": " + e.getMessage(), e);
        }
        DeviceModel loaded = new DeviceModel(directory, device, models);
        try {
            if (directory.description().precision() == Precision.INT8) {
                withoutStaticAllocation(loaded::warmUp);
            } else {
                loaded.warmUp();
            }
            loaded.calibrate(largestBatch);
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
        DeviceModel copy = load(directory, device, 1, 1);
        return copy.classifiers.get(0).closingAlso(copy.models.get(0));
    }

    private static void loadInto(
            List<Model> models, ModelDirectory directory, Device device, int workers, boolean folded)
            throws IOException, ModelNotFoundException, MalformedModelException {
        if (folded) {
            Path folder = Files.createTempDirectory("resnet-streams-folded");
            try {
                loadInto(models, directory.writeFolded(folder), device, workers, false);
            } finally {
                Folders.delete(folder);
            }
            return;
        }
        for (int i = 0; i < workers; i++) {
            models.add(criteria(directory, device).loadModel());
        }
    }

    private static Criteria<PixelBatch, NDArray> criteria(ModelDirectory directory, Device device) {
        Criteria.Builder<PixelBatch, NDArray> builder = Criteria.builder()
                .setTypes(PixelBatch.class, NDArray.class)
                .optEngine(MxNet.engine())
                .optDevice(device)
                .optModelPath(directory.directory())
                .optModelName(directory.name())
                .optTranslator(new DjlClassifier.PixelTranslator(directory.preprocessing()));
        if (!device.isGpu() && FUSED.contains(directory.description().precision())) {
            builder.optOption("MxOptimizeFor", CPU_FUSION);
        }
        return builder.build();
    }

    /**
     * Runs blocks for the first time, when DJL configures the engine, with memory that is allocated for each batch. With static
     * allocation and varying shapes, about one batch in 1,200 of a quantized network returns the same row for all its images
     * (MXNet 1.9.1; none of 16,000 in fp32).
     */
    private static synchronized void withoutStaticAllocation(Runnable firstRun) {
        String before = System.getProperty(STATIC_ALLOCATION);
        System.setProperty(STATIC_ALLOCATION, "false");
        try {
            firstRun.run();
        } finally {
            if (before == null) {
                System.clearProperty(STATIC_ALLOCATION);
            } else {
                System.setProperty(STATIC_ALLOCATION, before);
            }
        }
    }

    private void warmUp() {
        for (Classifier classifier : classifiers) {
            float[][] rows = ProbabilityRows.classify(classifier, List.of(new byte[imageBytes]));
            if (rows[0].length != directory.labels().size()) {
                throw new IllegalStateException("it has " + rows[0].length + " outputs and "
                        + directory.labels().size() + " labels");
            }
        }
    }

    /** Measures with the first worker; the others run one batch of the best size, to plan their memory. */
    private void calibrate(int largestBatch) {
        calibration = BatchCalibration.measure(classifiers.get(0), imageBytes, largestBatch, System::nanoTime);
        List<byte[]> batch = Collections.nCopies(calibration.best(), new byte[imageBytes]);
        for (Classifier classifier : classifiers.subList(1, classifiers.size())) {
            try {
                ProbabilityRows.classify(classifier, batch);
            } catch (OutOfDeviceMemoryException e) {
                // Such a batch is halved later.
                LOG.warn("{} has no memory for {} images at once in each worker", deviceName, calibration.best());
            }
        }
    }

    /** Returns the throughput measured when the model was loaded. */
    public BatchCalibration calibration() {
        return calibration;
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

    /** Returns the device's name: {@code cpu}, {@code gpu:0}. */
    public String deviceName() {
        return deviceName;
    }

    /** Returns the size of one image's pixels: H·W·3. */
    public int imageBytes() {
        return imageBytes;
    }

    @Override
    public void close() {
        models.forEach(Model::close);
    }
}
