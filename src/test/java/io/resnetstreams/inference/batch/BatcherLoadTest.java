package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.inference.FakeClassifier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BatcherLoadTest {
    private static final int LIMIT_SECONDS = 30;

    private static Batcher batcher(FakeClassifier classifier) {
        return new Batcher(
                "cpu", List.of(classifier), 3, new BatchPolicy(2, 0), InferenceMetrics.NONE, LongCalls.allowed());
    }

    private static List<CompletableFuture<float[]>> submit(Batcher batcher, int images) {
        return IntStream.range(0, images)
                .mapToObj(number -> {
                    CompletableFuture<float[]> probabilities = new CompletableFuture<>();
                    batcher.submit(TestImages.pixels(number), probabilities);
                    return probabilities;
                })
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitNoLoad(Batcher batcher) {
        Awaitility.await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(() -> batcher.load() == 0);
    }

    @Test
    void theLoadCountsImagesThatWaitAndThatAreOnTheDevice() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        FakeClassifier classifier = new FakeClassifier(images -> {
            begun.countDown();
            await(mayEnd);
        });
        try (Batcher batcher = batcher(classifier)) {
            List<CompletableFuture<float[]>> results = submit(batcher, 5);
            await(begun);
            assertThat(batcher.load()).isEqualTo(5);
            mayEnd.countDown();
            for (CompletableFuture<float[]> result : results) {
                assertThat(result.get(LIMIT_SECONDS, TimeUnit.SECONDS)).hasSize(2);
            }
            awaitNoLoad(batcher);
        }
    }

    @Test
    void aDeviceThatFailsHasNoLoadAfterwards() {
        FakeClassifier broken = new FakeClassifier(images -> {
            throw new OutOfMemoryError("no buffer");
        });
        try (Batcher batcher = batcher(broken)) {
            assertThatThrownBy(() -> submit(batcher, 1).get(0).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(DeviceFailedException.class);
            awaitNoLoad(batcher);
        }
    }
}
