package io.resnetstreams.model;

import java.util.List;
import java.util.function.Supplier;

/**
 * A network on a device. Not thread-safe: one thread per classifier.
 */
public interface Classifier extends AutoCloseable {
    /**
     * Classifies a batch.
     *
     * @param images N images, each uint8 H×W×3 RGB, row-major, of the model's input size
     * @return N rows of class probabilities, in the images' order
     */
    float[][] classify(List<byte[]> images);

    /**
     * Begins to classify a batch, so that the next one can be prepared meanwhile. Batches begun are awaited in their
     * order.
     *
     * @return waits for the rows that {@link #classify} returns, once, on the same thread
     */
    default Supplier<float[][]> begin(List<byte[]> images) {
        float[][] rows = classify(images);
        return () -> rows;
    }

    @Override
    void close();
}
