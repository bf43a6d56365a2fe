package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.util.List;
import java.util.function.Supplier;

/** A classifier that can be stalled before it returns results, and that is closed in another way. */
record WrappedClassifier(Classifier classifier, Runnable beforeResults, Runnable onClose) implements Classifier {
    @Override
    public float[][] classify(List<byte[]> images) {
        return begin(images).get();
    }

    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        Supplier<float[][]> rows = classifier.begin(images);
        return () -> {
            beforeResults.run();
            return rows.get();
        };
    }

    @Override
    public int embeddingLength() {
        return classifier.embeddingLength();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
