package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.util.List;

/** A classifier that does nothing: each class is as probable as any. */
public record ConstantNetwork(int classes) implements Classifier {
    @Override
    public float[][] classify(List<byte[]> images) {
        return new float[images.size()][classes];
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
