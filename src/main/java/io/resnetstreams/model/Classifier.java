package io.resnetstreams.model;

import java.util.List;

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

    @Override
    void close();
}
