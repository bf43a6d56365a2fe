package io.resnetstreams.inference.batch;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.inference.batch.DeviceWorker.Shared;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches on one classifier and completes each image's future. It handles all failures of a batch:
 *
 * <ul>
 *   <li>a failed batch is split in halves until the failing image is isolated; that image is rejected, the others are
 *       classified;
 *   <li>an image whose row holds no probabilities (not finite, out of range, of another length) runs again alone;
 *   <li>before an image is rejected, a blank image and the last image that this classifier has classified must pass; if one
 *       of them fails or gets no probabilities, the device is broken: {@link DeviceFailedException} is thrown, and the caller
 *       must complete the remaining futures;
 *   <li>running out of memory halves the shared ceiling, and the images are retried in smaller batches.
 * </ul>
 *
 * <p>Once its worker is retired it completes no future, changes no ceiling and records no metric.
 *
 * <p>Threading: used by one worker thread. The ceiling is shared by the device's workers.
 */
final class BatchRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

    private final Shared device;
    private final Classifier classifier;
    private final byte[] blankImage;
    private final BooleanSupplier isRetired;
    /** The last image that was classified, to distinguish a broken device from a bad image; null at first. */
    private byte[] lastGood;
    /** The number of probabilities in the first valid row; 0 before it. */
    private int classes;

    BatchRunner(Shared device, Classifier classifier, BooleanSupplier isRetired) {
        this.device = device;
        this.classifier = classifier;
        this.blankImage = new byte[device.imageBytes()];
        this.isRetired = isRetired;
    }

    /** Classifies the images and completes their futures, possibly exceptionally. */
    void run(List<PendingImage> images) {
        begin(images).run();
    }

    /** Passes the images to the device; the returned function waits for the result and completes their futures. */
    Runnable begin(List<PendingImage> images) {
        int limit = device.ceiling().get();
        if (images.size() > limit) {
            return () -> runEach(images, limit);
        }
        Supplier<float[][]> rows = beginOrFail(images);
        return () -> finish(images, rows);
    }

    private void runEach(List<PendingImage> images, int limit) {
        for (int from = 0; from < images.size() && !isRetired.getAsBoolean(); from += limit) {
            run(images.subList(from, Math.min(images.size(), from + limit)));
        }
    }

    private Supplier<float[][]> beginOrFail(List<PendingImage> images) {
        // A stream would allocate 180 bytes for each batch.
        List<byte[]> pixels = new ArrayList<>(images.size());
        for (PendingImage image : images) {
            pixels.add(image.pixels());
        }
        try {
            return classifier.begin(pixels);
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
    }

    private void finish(List<PendingImage> images, Supplier<float[][]> result) {
        float[][] rows = null;
        RuntimeException failure = null;
        try {
            rows = ProbabilityRows.oneEach(result.get(), images.size());
        } catch (RuntimeException e) {
            failure = e;
        }
        if (isRetired.getAsBoolean()) {
            return;
        }
        if (failure == null) {
            complete(images, rows);
        } else if (failure instanceof OutOfDeviceMemoryException shortage) {
            recoverFromOutOfMemory(images, shortage);
        } else {
            isolate(images, failure);
        }
    }

    private void complete(List<PendingImage> images, float[][] rows) {
        List<PendingImage> suspect = List.of();
        for (int i = 0; i < rows.length; i++) {
            String fault = ProbabilityRows.fault(rows[i], classes, classifier.embeddingLength());
            if (fault == null) {
                classes = rows[i].length - classifier.embeddingLength();
                lastGood = images.get(i).pixels();
                images.get(i).probabilities().complete(rows[i]);
            } else if (images.size() == 1) {
                reject(images.get(0), invalid(rows[i], fault));
                return;
            } else {
                if (suspect.isEmpty()) {
                    LOG.warn("{}: in a batch of {} the network's output {}", device.name(), images.size(), fault);
                    suspect = new ArrayList<>();
                }
                suspect.add(images.get(i));
            }
        }
        if (!suspect.isEmpty()) {
            runEach(suspect, 1);
        } else if (device.ceiling().fitted(images.size())) {
            LOG.info(
                    "{}: batches are now at most {} again",
                    device.name(),
                    device.ceiling().get());
            device.metrics().ceilingRaised(device.name(), device.ceiling().get());
        }
    }

    private static RejectedEventException invalid(float[] row, String fault) {
        String code = ProbabilityRows.isFinite(row) ? "not_probabilities" : "not_finite";
        return new RejectedEventException(Stage.CLASSIFY, code, "the network's output " + fault);
    }

    private void recoverFromOutOfMemory(List<PendingImage> images, OutOfDeviceMemoryException failure) {
        if (images.size() == 1) {
            throw new DeviceFailedException("the device has no memory for a single image", failure);
        }
        int newCeiling = device.ceiling().outOfMemory(images.size());
        LOG.warn("{}: no memory for {} images; batches are now at most {}", device.name(), images.size(), newCeiling);
        device.metrics().outOfMemory(device.name(), newCeiling);
        run(images);
    }

    private void isolate(List<PendingImage> images, RuntimeException failure) {
        if (images.size() > 1) {
            LOG.warn("{}: a batch of {} failed and is split: {}", device.name(), images.size(), failure.toString());
            int middle = images.size() / 2;
            run(images.subList(0, middle));
            if (!isRetired.getAsBoolean()) {
                run(images.subList(middle, images.size()));
            }
            return;
        }
        reject(
                images.get(0),
                new RejectedEventException(
                        Stage.CLASSIFY, "classifier", "the network failed on this image alone: " + failure, failure));
    }

    private void reject(PendingImage image, RejectedEventException rejection) {
        requireValid(blankImage, "a blank image");
        if (lastGood != null) {
            requireValid(lastGood, "an image that it has classified before");
        }
        if (!isRetired.getAsBoolean()) {
            image.probabilities().completeExceptionally(rejection);
        }
    }

    private void requireValid(byte[] pixels, String image) {
        try {
            float[] row = ProbabilityRows.oneEach(classifier.classify(List.of(pixels)), 1)[0];
            String fault = ProbabilityRows.fault(row, classes, classifier.embeddingLength());
            if (fault != null) {
                throw new IllegalStateException("the network's output " + fault);
            }
        } catch (RuntimeException e) {
            throw new DeviceFailedException("the device fails even on " + image + ": " + e.getMessage(), e);
        }
    }
}
