package io.resnetstreams.inference.batch;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.inference.FakeClassifier;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.model.Classifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests the reported time that images waited for their device. */
class BatcherTest {
    private static final int LIMIT_SECONDS = 30;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> oldest = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> waits = Collections.synchronizedList(new ArrayList<>());
    private final InferenceMetrics metrics = new InferenceMetrics() {
        @Override
        public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
            told.add("batch of " + size);
            oldest.add(oldestWaitNanos);
        }

        @Override
        public void waited(long nanos) {
            told.add("waited");
            waits.add(nanos);
        }
    };

    private Batcher batcher(Classifier classifier, int largest) {
        return new Batcher("cpu", List.of(classifier), 12, new BatchPolicy(largest, 0), metrics, LongCalls.allowed());
    }

    private static CompletableFuture<float[]> submit(Batcher batcher) {
        CompletableFuture<float[]> row = new CompletableFuture<>();
        batcher.submit(new byte[12], row);
        return row;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRowWithAnEmbeddingReachesItsImage() {
        float[] row = {0.25f, 0.75f, 5};
        try (Batcher batcher = batcher(
                new Classifier() {
                    @Override
                    public float[][] classify(List<byte[]> images) {
                        return images.stream().map(image -> row).toArray(float[][]::new);
                    }

                    @Override
                    public int embeddingLength() {
                        return 1;
                    }
                },
                1)) {
            assertThat(submit(batcher))
                    .succeedsWithin(Duration.ofSeconds(LIMIT_SECONDS))
                    .isEqualTo(row);
        }
    }

    @Test
    void theWaitIsReportedForEachImageOfABatch() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Batcher batcher = batcher(
                new FakeClassifier(images -> {
                    busy.countDown();
                    await(go);
                }),
                4);
        List<CompletableFuture<float[]>> rows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rows.add(submit(batcher));
            // The first image is a batch of its own; the others wait until it is done.
            await(busy);
        }
        long queued = System.nanoTime();
        long released = System.nanoTime();
        go.countDown();
        batcher.close();
        assertThat(rows).allSatisfy(row -> assertThat(row).isCompleted());
        assertThat(told).containsExactly("batch of 1", "waited", "batch of 3", "waited", "waited", "waited");
        assertThat(waits.get(0)).isEqualTo(oldest.get(0));
        assertThat(waits.get(1)).isEqualTo(oldest.get(1));
        assertThat(waits.subList(2, 4))
                .allSatisfy(wait -> assertThat(wait).isBetween(released - queued, oldest.get(1)));
    }

    @Test
    void aBatchPreparedAheadWaitsUntilThePreviousOneIsDone() {
        CountDownLatch bothQueued = new CountDownLatch(1);
        CountDownLatch bothBegun = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        Batcher batcher = batcher(
                new Classifier() {
                    @Override
                    public float[][] classify(List<byte[]> images) {
                        return begin(images).get();
                    }

                    @Override
                    public Supplier<float[][]> begin(List<byte[]> images) {
                        // Otherwise the worker might find no second image yet, and wait for the result of the first.
                        await(bothQueued);
                        bothBegun.countDown();
                        return () -> {
                            await(go);
                            return FakeClassifier.rows(images);
                        };
                    }

                    @Override
                    public void close() {
                        // There is nothing to close.
                    }
                },
                1);
        List<CompletableFuture<float[]>> rows = List.of(submit(batcher), submit(batcher));
        long queued = System.nanoTime();
        bothQueued.countDown();
        await(bothBegun);
        long released = System.nanoTime();
        go.countDown();
        batcher.close();
        assertThat(rows).allSatisfy(row -> assertThat(row).isCompleted());
        assertThat(told).containsExactly("batch of 1", "waited", "batch of 1", "waited");
        assertThat(waits.get(1)).isGreaterThanOrEqualTo(released - queued).isGreaterThanOrEqualTo(oldest.get(1));
    }

    /** A GPU whose memory is corrupt returns rows of NaN rather than an error. */
    @Test
    void aDeviceThatAnswersNanToEverythingFailsAndRejectsNoImage() {
        Batcher batcher = batcher(
                new Classifier() {
                    @Override
                    public float[][] classify(List<byte[]> images) {
                        float[][] rows = new float[images.size()][2];
                        for (float[] row : rows) {
                            Arrays.fill(row, Float.NaN);
                        }
                        return rows;
                    }

                    @Override
                    public void close() {
                        // There is nothing to close.
                    }
                },
                4);
        for (int i = 0; i < 100; i++) {
            assertThat(submit(batcher))
                    .failsWithin(Duration.ofSeconds(LIMIT_SECONDS))
                    .withThrowableThat()
                    .withCauseInstanceOf(DeviceFailedException.class);
        }
        assertThat(batcher.hasFailed()).isTrue();
        batcher.close();
    }
}
