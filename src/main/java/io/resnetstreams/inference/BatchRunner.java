package io.resnetstreams.inference;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches on one classifier and completes each image's future. All failures of a batch end here:
 *
 * <ul>
 *   <li>a batch that fails is split in halves until the guilty image stands alone; it is rejected, its neighbours are
 *       classified;
 *   <li>before an image is called guilty, a blank image must pass; if that fails too, the device is broken: {@link
 *       DeviceFailedException} is thrown, and futures that are not complete are the caller's;
 *   <li>out of memory halves the shared ceiling and tries again in smaller batches.
 * </ul>
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

    BatchRunner(String device, Classifier classifier, int imageBytes, BatchCeiling ceiling, InferenceMetrics metrics) {
        this.device = device;
        this.classifier = classifier;
        this.blankImage = new byte[imageBytes];
        this.ceiling = ceiling;
        this.metrics = metrics;
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
                for (int from = 0; from < images.size(); from += limit) {
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
            rows = requireOneEach(result.get(), images.size());
        } catch (OutOfDeviceMemoryException e) {
            recoverFromOutOfMemory(images, e);
            return;
        } catch (RuntimeException e) {
            isolate(images, e);
            return;
        }
        for (int i = 0; i < rows.length; i++) {
            complete(images.get(i), rows[i]);
        }
        if (ceiling.fitted(images.size())) {
            LOG.info("{}: batches are now at most {} again", device, ceiling.get());
            metrics.ceilingRaised(device, ceiling.get());
        }
    }

    private static float[][] requireOneEach(float[][] rows, int images) {
        if (rows.length != images) {
            throw new IllegalStateException(
                    "the classifier returned " + rows.length + " results for " + images + " images");
        }
        return rows;
    }

    private static void complete(PendingImage image, float[] row) {
        for (float probability : row) {
            if (!Float.isFinite(probability)) {
                image.probabilities()
                        .completeExceptionally(new RejectedEventException(
                                Stage.CLASSIFY, "not_finite", "the network's output has a value of " + probability));
                return;
            }
        }
        image.probabilities().complete(row);
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
            run(images.subList(middle, images.size()));
            return;
        }
        try {
            requireOneEach(classifier.classify(List.of(blankImage)), 1);
        } catch (RuntimeException e) {
            throw new DeviceFailedException("the device fails even on a blank image: " + e.getMessage(), e);
        }
        images.get(0)
                .probabilities()
                .completeExceptionally(new RejectedEventException(
                        Stage.CLASSIFY, "classifier", "the network failed on this image alone: " + failure, failure));
    }
}
