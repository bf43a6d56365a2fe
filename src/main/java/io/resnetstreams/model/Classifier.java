package io.resnetstreams.model;

import java.util.List;
import java.util.function.Supplier;

/** A network on a device. Not thread-safe: each classifier belongs to one thread. */
public interface Classifier extends AutoCloseable {
    /**
     * Classifies a batch.
     *
     * @param images N images, each uint8 H×W×3 RGB, row-major, of the model's input size
     * @return N rows of class probabilities, in the images' order
     */
    float[][] classify(List<byte[]> images);

    /**
     * Starts to classify a batch, so that the next one can be prepared meanwhile. Batches must be awaited in the order in
     * which they were started.
     *
     * @return waits for the rows, as {@link #classify} returns them; to be called once, on the same thread
     */
    default Supplier<float[][]> begin(List<byte[]> images) {
        float[][] rows = classify(images);
        return () -> rows;
    }

    @Override
    void close();
}
