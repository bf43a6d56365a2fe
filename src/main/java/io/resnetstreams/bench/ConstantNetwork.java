package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.util.List;

/** A classifier that does no work and returns the same probability for each class. */
public record ConstantNetwork(int classes) implements Classifier {
    @Override
    public float[][] classify(List<byte[]> images) {
        return new float[images.size()][classes];
    }

    @Override
    public void close() {
        // There are no resources.
    }
}
