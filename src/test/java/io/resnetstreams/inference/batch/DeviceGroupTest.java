package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.inference.FakeClassifier;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.model.Classifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices that break and hang, with real threads; tests only wait for futures and latches. */
class DeviceGroupTest {
    private static final int LIMIT_SECONDS = 30;
    private static final long TIMEOUT_MILLIS = 300;
    private static final long FRESH_MILLIS = 20_000;

    private final List<String> failed = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final InferenceMetrics metrics = new InferenceMetrics() {
        @Override
        public void began(String device) {
            told.add("began");
        }

        @Override
        public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
            told.add("ended");
        }

        @Override
        public void abandoned(String device) {
            told.add("abandoned");
        }

        @Override
        public void workers(String device, int workers) {
            told.add("workers " + workers);
        }

        @Override
        public void outOfMemory(String device, int newCeiling) {
            told.add("out of memory");
        }

        @Override
        public void deviceFailed(String device) {
            failed.add(device);
        }
    };

    private DeviceGroup group;

    @AfterEach
    void close() {
        release.countDown();
        group.close();
    }

    private Batcher batcher(String device, Classifier classifier) {
        return new Batcher(device, List.of(classifier), 3, new BatchPolicy(4, 0), metrics, LongCalls.allowed());
    }

    private Batcher supervised(String device, Classifier classifier, Supplier<Classifier> fresh, long freshMillis) {
        return new Batcher(
                device,
                List.of(classifier),
                3,
                new BatchPolicy(4, 0),
                metrics,
                new Supervision(TIMEOUT_MILLIS, fresh, freshMillis));
    }

    private List<CompletableFuture<float[]>> submit(int images) {
        return IntStream.range(0, images).mapToObj(this::submitOne).toList();
    }

    private CompletableFuture<float[]> submitOne(int number) {
        CompletableFuture<float[]> row = new CompletableFuture<>();
        group.submit(TestImages.pixels(number), row);
        return row;
    }

    private static void assertClassified(List<CompletableFuture<float[]>> rows) throws Exception {
        for (int number = 0; number < rows.size(); number++) {
            assertThat(rows.get(number).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(FakeClassifier.row(TestImages.pixels(number)));
        }
    }

    private static FakeClassifier broken() {
        return new FakeClassifier(images -> {
            throw new IllegalStateException("device lost");
        });
    }

    /** Returns a classifier whose calls do not return before the end of the test. */
    private FakeClassifier hanging() {
        return new FakeClassifier(images -> await(release));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void imagesOfABrokenDeviceGoToTheOther() throws Exception {
        FakeClassifier sound = FakeClassifier.sound();
        group = new DeviceGroup(List.of(batcher("gpu:0", broken()), batcher("gpu:1", sound)));
        assertClassified(submit(40));
        assertThat(failed).containsExactly("gpu:0");
        assertThat(sound.batchSizes().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(40);
    }

    @Test
    void aBrokenDeviceGetsNoMoreImages() throws Exception {
        FakeClassifier broken = broken();
        group = new DeviceGroup(List.of(batcher("gpu:0", broken), batcher("gpu:1", FakeClassifier.sound())));
        assertClassified(submit(4));
        int calls = broken.batchSizes().size();
        assertClassified(submit(40));
        assertThat(broken.batchSizes()).hasSize(calls);
    }

    @Test
    void imagesQueuedBehindTheFailingOneGoToTheOtherDevice() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayFail = new CountDownLatch(1);
        Batcher first = batcher("gpu:0", new FakeClassifier(images -> {
            begun.countDown();
            await(mayFail);
            throw new IllegalStateException("device lost");
        }));
        group = new DeviceGroup(List.of(first, batcher("gpu:1", FakeClassifier.sound())));
        List<CompletableFuture<float[]>> rows = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            CompletableFuture<float[]> row = new CompletableFuture<>();
            first.submit(TestImages.pixels(number), row);
            rows.add(row);
        }
        await(begun);
        mayFail.countDown();
        assertClassified(rows);
    }

    @Test
    void whenTheLastDeviceBreaksItsImagesFail() {
        group = new DeviceGroup(List.of(batcher("gpu:0", broken()), batcher("gpu:1", broken())));
        for (CompletableFuture<float[]> row : submit(20)) {
            assertThatThrownBy(() -> row.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(DeviceFailedException.class)
                    .hasMessageContaining("the device fails even on a blank image: device lost");
        }
        assertThat(failed).containsExactlyInAnyOrder("gpu:0", "gpu:1");
        assertThatThrownBy(() -> submitOne(1).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DeviceFailedException.class);
    }

    @Test
    void aBrokenDeviceHasNoCapacityLeft() throws Exception {
        group = new DeviceGroup(List.of(batcher("gpu:0", broken()), batcher("gpu:1", FakeClassifier.sound())));
        assertThat(group.capacity()).isEqualTo(2 * 4 * 4);
        assertClassified(submit(4));
        assertThat(group.capacity()).isEqualTo(4 * 4);
    }

    @Test
    void capacityFollowsTheCeiling() throws Exception {
        Batcher batcher = batcher("gpu:0", new FakeClassifier(images -> {
            if (images.size() > 1) {
                throw new OutOfDeviceMemoryException("out of memory", null);
            }
            await(release);
        }));
        group = new DeviceGroup(List.of(batcher));
        CompletableFuture<float[]> first = submitOne(0);
        List<CompletableFuture<float[]>> others = submit(8);
        release.countDown();
        first.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertClassified(others);
        assertThat(group.capacity()).isEqualTo(4);
    }

    @Test
    void imagesOfAHungDeviceGoToTheOther() throws Exception {
        group = new DeviceGroup(
                List.of(supervised("gpu:0", hanging(), this::hanging, 0), batcher("gpu:1", FakeClassifier.sound())));
        assertClassified(submit(40));
        assertThat(failed).containsExactly("gpu:0");
    }

    @Test
    void aFreshCopyContinuesWithTheImagesOfAHungWorker() throws Exception {
        group = new DeviceGroup(List.of(supervised("gpu:0", hanging(), FakeClassifier::sound, FRESH_MILLIS)));
        assertClassified(submit(40));
        assertThat(failed).isEmpty();
    }

    @Test
    void anAnswerThatComesTooLateChangesNothing() throws Exception {
        Classifier late = new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                await(release);
                return FakeClassifier.rows(images);
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
        group = new DeviceGroup(List.of(supervised("gpu:0", late, FakeClassifier::sound, FRESH_MILLIS)));
        List<CompletableFuture<float[]>> rows = submit(3);
        assertClassified(rows);
        release.countDown();
        group.close();
        assertClassified(rows);
    }

    @Test
    void aHungDeviceWithoutAnotherFailsItsImages() {
        group = new DeviceGroup(List.of(supervised("gpu:0", hanging(), this::hanging, 0)));
        for (CompletableFuture<float[]> row : submit(20)) {
            assertThatThrownBy(() -> row.get(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(DeviceFailedException.class)
                    .hasMessageContaining(
                            "not returned from a batch within 300 ms, and a new copy of the network has not classified");
        }
    }

    /** Returns a classifier whose call ends with {@code end} when the test releases it. */
    private Classifier late(CountDownLatch closed, Runnable end) {
        return new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                await(release);
                end.run();
                return FakeClassifier.rows(List.of(new byte[3]));
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
    }

    static Stream<Runnable> lateEnds() {
        return Stream.of(
                () -> {},
                () -> {
                    throw new IllegalStateException("the driver gave up");
                },
                () -> {
                    throw new OutOfDeviceMemoryException("out of memory", null);
                },
                () -> {
                    throw new OutOfMemoryError("no buffer");
                });
    }

    @ParameterizedTest
    @MethodSource("lateEnds")
    void aRetiredWorkerWhoseCallReturnsChangesNothing(Runnable end) throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Batcher batcher = supervised("gpu:0", late(closed, end), FakeClassifier::sound, FRESH_MILLIS);
        group = new DeviceGroup(List.of(batcher));
        assertClassified(List.of(submitOne(0)));
        awaitNoLoad(batcher);
        List<String> healed = List.copyOf(told);
        assertThat(healed).containsExactlyInAnyOrder("began", "abandoned", "began", "workers 1", "ended");
        release.countDown();
        await(closed);
        assertThat(told).isEqualTo(healed);
        assertThat(failed).isEmpty();
        assertClassified(List.of(submitOne(0)));
        assertThat(batcher.hasFailed()).isFalse();
    }

    @Test
    void aFreshWorkerInPlaceOfTwoCountsAsOne() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Supplier<Classifier> hung = () -> new FakeClassifier(images -> {
            await(both);
            await(release);
        });
        Batcher batcher = new Batcher(
                "gpu:0",
                List.of(hung.get(), hung.get()),
                3,
                new BatchPolicy(1, 0),
                metrics,
                new Supervision(TIMEOUT_MILLIS, FakeClassifier::sound, FRESH_MILLIS));
        group = new DeviceGroup(List.of(batcher));
        assertClassified(submit(2));
        awaitNoLoad(batcher);
        assertThat(told).filteredOn(call -> call.startsWith("workers")).containsExactly("workers 1");
        assertThat(told).filteredOn("abandoned"::equals).hasSize(2);
        assertThat(batcher.capacity()).isEqualTo(4);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitNoLoad(Batcher batcher) {
        Awaitility.await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(() -> batcher.load() == 0);
    }
}
