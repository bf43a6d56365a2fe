package io.resnetstreams.model;

import java.util.List;
import java.util.function.Supplier;

/** A network on a device. Not thread-safe: each classifier belongs to one thread. */
public interface Classifier extends AutoCloseable {
    /**
     * Returns a row for each image, uint8 H×W×3 RGB of the model's input size, row-major: the class probabilities, followed by
     * the image's embedding if there is one.
     */
    float[][] classify(List<byte[]> images);

    /**
     * Starts to classify a batch, so that the next one can be prepared meanwhile. The result waits for the rows, as {@link
     * #classify} returns them; it must be called once, on the same thread, in the order in which batches were started.
     */
    default Supplier<float[][]> begin(List<byte[]> images) {
        float[][] rows = classify(images);
        return () -> rows;
    }

    /** Returns the number of a row's last values that are the image's embedding; 0 if rows end with the probabilities. */
    default int embeddingLength() {
        return 0;
    }

    /** Releases the resources, if there are any. */
    @Override
    default void close() {}
}
