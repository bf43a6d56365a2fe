package io.resnetstreams.inference;

import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Returns each image's first byte as the probability of class 0; {@code fault} runs before each batch and may throw.
 */
public final class FakeClassifier implements Classifier {
    private final Consumer<List<byte[]>> fault;
    private final List<Integer> batchSizes = new ArrayList<>();

    public FakeClassifier(Consumer<List<byte[]>> fault) {
        this.fault = fault;
    }

    public static FakeClassifier sound() {
        return new FakeClassifier(images -> {});
    }

    @Override
    public synchronized float[][] classify(List<byte[]> images) {
        batchSizes.add(images.size());
        fault.accept(images);
        return rows(images);
    }

    public static float[][] rows(List<byte[]> images) {
        return images.stream().map(FakeClassifier::row).toArray(float[][]::new);
    }

    public static float[] row(byte[] image) {
        float first = (image[0] & 0xFF) / 255f;
        return new float[] {first, 1 - first};
    }

    public synchronized List<Integer> batchSizes() {
        return List.copyOf(batchSizes);
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
