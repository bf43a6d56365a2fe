package io.resnetstreams.inference.batch;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches on one classifier and completes each image's future. All failures of a batch end here:
 *
 * <ul>
 *   <li>a batch that fails is split in halves until the image at fault stands alone; it is rejected, its neighbours are
 *       classified;
 *   <li>an image whose row holds no probabilities (not finite, out of range, of another length) runs again alone;
 *   <li>before an image is rejected, a blank image must pass, and the last image that this classifier has classified; if
 *       one of them fails or gets no probabilities, the device is broken: {@link DeviceFailedException} is thrown, and
 *       futures that are not complete are the caller's;
 *   <li>out of memory halves the shared ceiling and tries again in smaller batches.
 * </ul>
 *
 * <p>Once its worker is retired it completes no future, changes no ceiling and tells no metric.
 *
 * <p>Threading: used by one worker thread. The ceiling is shared by the device's workers.
 */
final class BatchRunner {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

    private final String device;
    private final Classifier classifier;
    private final byte[] blankImage;
    private final BatchCeiling ceiling;
    private final InferenceMetrics metrics;
    private final BooleanSupplier isRetired;
    /** Pixels that have passed, to tell a device that has broken since from an image at fault; null before the first. */
    private byte[] lastGood;
    /** The length of the first sound row; 0 before it. */
    private int classes;

    /** @param isRetired whether the worker was given up; asked after each call of the classifier */
    BatchRunner(
            String device,
            Classifier classifier,
            int imageBytes,
            BatchCeiling ceiling,
            InferenceMetrics metrics,
            BooleanSupplier isRetired) {
        this.device = device;
        this.classifier = classifier;
        this.blankImage = new byte[imageBytes];
        this.ceiling = ceiling;
        this.metrics = metrics;
        this.isRetired = isRetired;
    }

    /** Classifies the images and completes their futures, one way or another. */
    void run(List<PendingImage> images) {
        begin(images).run();
    }

    /** Gives the images to the device; what is returned waits for it and completes their futures. */
    Runnable begin(List<PendingImage> images) {
        int limit = ceiling.get();
        if (images.size() > limit) {
            return () -> {
                for (int from = 0; from < images.size() && !isRetired.getAsBoolean(); from += limit) {
                    run(images.subList(from, Math.min(images.size(), from + limit)));
                }
            };
        }
        Supplier<float[][]> rows = beginOrFail(images);
        return () -> finish(images, rows);
    }

    private Supplier<float[][]> beginOrFail(List<PendingImage> images) {
        // Not a stream, whose objects are 180 bytes a batch.
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
        float[][] rows;
        try {
            rows = ProbabilityRows.oneEach(result.get(), images.size());
        } catch (OutOfDeviceMemoryException e) {
            if (!isRetired.getAsBoolean()) {
                recoverFromOutOfMemory(images, e);
            }
            return;
        } catch (RuntimeException e) {
            if (!isRetired.getAsBoolean()) {
                isolate(images, e);
            }
            return;
        }
        if (!isRetired.getAsBoolean()) {
            complete(images, rows);
        }
    }

    private void complete(List<PendingImage> images, float[][] rows) {
        List<PendingImage> doubtful = List.of();
        for (int i = 0; i < rows.length; i++) {
            String fault = ProbabilityRows.fault(rows[i], classes);
            if (fault == null) {
                classes = rows[i].length;
                lastGood = images.get(i).pixels();
                images.get(i).probabilities().complete(rows[i]);
            } else if (images.size() == 1) {
                reject(images.get(0), unsound(rows[i], fault));
                return;
            } else {
                if (doubtful.isEmpty()) {
                    LOG.warn("{}: in a batch of {} the network's output {}", device, images.size(), fault);
                    doubtful = new ArrayList<>();
                }
                doubtful.add(images.get(i));
            }
        }
        if (!doubtful.isEmpty()) {
            runAlone(doubtful);
        } else if (ceiling.fitted(images.size())) {
            LOG.info("{}: batches are now at most {} again", device, ceiling.get());
            metrics.ceilingRaised(device, ceiling.get());
        }
    }

    private static RejectedEventException unsound(float[] row, String fault) {
        String code = ProbabilityRows.isFinite(row) ? "not_probabilities" : "not_finite";
        return new RejectedEventException(Stage.CLASSIFY, code, "the network's output " + fault);
    }

    private void runAlone(List<PendingImage> images) {
        for (PendingImage image : images) {
            if (isRetired.getAsBoolean()) {
                return;
            }
            run(List.of(image));
        }
    }

    private void recoverFromOutOfMemory(List<PendingImage> images, OutOfDeviceMemoryException failure) {
        if (images.size() == 1) {
            throw new DeviceFailedException("the device has no memory for a single image", failure);
        }
        int newCeiling = ceiling.outOfMemory(images.size());
        LOG.warn("{}: no memory for {} images; batches are now at most {}", device, images.size(), newCeiling);
        metrics.outOfMemory(device, newCeiling);
        run(images);
    }

    private void isolate(List<PendingImage> images, RuntimeException failure) {
        if (images.size() > 1) {
            LOG.warn("{}: a batch of {} failed and is split: {}", device, images.size(), failure.toString());
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
        requireSound(blankImage, "a blank image");
        if (lastGood != null) {
            requireSound(lastGood, "an image that it has classified before");
        }
        if (!isRetired.getAsBoolean()) {
            image.probabilities().completeExceptionally(rejection);
        }
    }

    private void requireSound(byte[] pixels, String image) {
        try {
            float[] row = ProbabilityRows.oneEach(classifier.classify(List.of(pixels)), 1)[0];
            String fault = ProbabilityRows.fault(row, classes);
            if (fault != null) {
                throw new IllegalStateException("the network's output " + fault);
            }
        } catch (RuntimeException e) {
            throw new DeviceFailedException("the device fails even on " + image + ": " + e.getMessage(), e);
        }
    }
}
