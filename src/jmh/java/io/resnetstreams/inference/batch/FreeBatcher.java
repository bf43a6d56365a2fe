package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A batcher with one worker whose classifier does nothing, so that only the hand-over costs time. Any thread may
 * submit.
 */
public final class FreeBatcher implements AutoCloseable {
    private static final int CLASSES = 10;
    private static final byte[] PIXELS = new byte[3];

    private final Batcher batcher;

    private FreeBatcher(BatchPolicy policy) {
        batcher = new Batcher(
                "free",
                List.of(new FreeClassifier(policy.maxSize())),
                PIXELS.length,
                policy,
                InferenceMetrics.NONE,
                new Supervision(Supervision.LONGEST_TIMEOUT_MILLIS, () -> new FreeClassifier(policy.maxSize()), 0));
    }

    /** Returns a batcher whose worker takes the waiting images, up to {@code largest}, as is the pipeline's default. */
    static FreeBatcher ofWhatIsThere(int largest) {
        return new FreeBatcher(new BatchPolicy(largest, 0));
    }

    /** Returns a batcher whose worker waits for {@code size} images. */
    public static FreeBatcher ofFullBatches(int size) {
        return new FreeBatcher(new BatchPolicy(size, BatchPolicy.LONGEST_DELAY_MILLIS));
    }

    /** Queues an image. */
    public void submit(CompletableFuture<float[]> probabilities) {
        batcher.submit(PIXELS, probabilities);
    }

    @Override
    public void close() {
        batcher.close();
    }

    /** Returns the same rows for all batches of a size. */
    private static final class FreeClassifier implements Classifier {
        private final float[][][] rowsBySize;

        public FreeClassifier(int largest) {
            float[] row = new float[CLASSES];
            rowsBySize = new float[largest + 1][][];
            for (int size = 0; size <= largest; size++) {
                rowsBySize[size] = new float[size][];
                Arrays.fill(rowsBySize[size], row);
            }
        }

        @Override
        public float[][] classify(List<byte[]> images) {
            return rowsBySize[images.size()];
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
