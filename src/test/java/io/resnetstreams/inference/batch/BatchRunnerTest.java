package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.inference.FakeClassifier;
import io.resnetstreams.inference.batch.DeviceWorker.Shared;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BatchRunnerTest {
    private static final int POISON = 66;

    private final BatchCeiling ceiling = new BatchCeiling(8);
    private boolean retired;
    private final List<Integer> lowered = new ArrayList<>();
    private final List<Integer> raised = new ArrayList<>();
    private final InferenceMetrics metrics = new InferenceMetrics() {
        @Override
        public void outOfMemory(String device, int newCeiling) {
            lowered.add(newCeiling);
        }

        @Override
        public void ceilingRaised(String device, int newCeiling) {
            raised.add(newCeiling);
        }
    };

    private static List<PendingImage> images(int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(number -> TestImages.pending(number, 0))
                .toList();
    }

    private BatchRunner runner(Classifier classifier) {
        return new BatchRunner(new Shared("cpu", 3, null, ceiling, metrics, null), classifier, () -> retired);
    }

    private List<PendingImage> run(Classifier classifier, int... numbers) {
        List<PendingImage> images = images(numbers);
        runner(classifier).run(images);
        return images;
    }

    private void assertDeviceFails(Classifier classifier, String message) {
        List<PendingImage> images = images(1, 2, 3);
        BatchRunner runner = runner(classifier);
        assertThatThrownBy(() -> runner.run(images))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessage(message);
        // The images stay open for another device.
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isNotDone());
    }

    private static Throwable failure(PendingImage image) {
        try {
            image.probabilities().join();
        } catch (CompletionException e) {
            return e.getCause();
        }
        throw new AssertionError("the image was classified");
    }

    private static RejectedEventException rejection(PendingImage image) {
        return (RejectedEventException) failure(image);
    }

    private static FakeClassifier failingOn(int number) {
        return new FakeClassifier(images -> {
            if (images.stream().anyMatch(image -> image[0] == number)) {
                throw new IllegalStateException("poisoned");
            }
        });
    }

    private static FakeClassifier withMemoryFor(int size) {
        return new FakeClassifier(images -> {
            if (images.size() > size) {
                throw new OutOfDeviceMemoryException("out of memory", null);
            }
        });
    }

    private static Classifier answering(float[][] rows) {
        return classifier(images -> rows);
    }

    private static Classifier classifier(Function<List<byte[]>, float[][]> answer) {
        return new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return answer.apply(images);
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    @Test
    void eachImageGetsItsOwnRow() {
        List<PendingImage> images = run(FakeClassifier.sound(), 1, 2, 3);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities().join())
                .isEqualTo(FakeClassifier.row(image.pixels())));
    }

    @Test
    void aBatchIsClassifiedInOneCall() {
        FakeClassifier classifier = FakeClassifier.sound();
        run(classifier, 1, 2, 3);
        assertThat(classifier.batchSizes()).containsExactly(3);
    }

    @Test
    void onlyThePoisonousImageIsRejected() {
        List<PendingImage> images = run(failingOn(POISON), 1, 2, POISON, 4, 5);
        assertThat(rejection(images.get(2)).stage()).isEqualTo(Stage.CLASSIFY);
        assertThat(rejection(images.get(2)).code()).isEqualTo("classifier");
        assertThat(rejection(images.get(2))).hasMessageContaining("poisoned");
    }

    @Test
    void neighboursOfAPoisonousImageAreClassified() {
        List<PendingImage> images = run(failingOn(POISON), 1, 2, POISON, 4, 5);
        for (int neighbour : new int[] {0, 1, 3, 4}) {
            assertThat(images.get(neighbour).probabilities().join())
                    .isEqualTo(FakeClassifier.row(images.get(neighbour).pixels()));
        }
    }

    @Test
    void everyPoisonousImageOfABatchIsFound() {
        List<PendingImage> images = run(failingOn(POISON), POISON, 2, 3, POISON);
        assertThat(rejection(images.get(0)).code()).isEqualTo("classifier");
        assertThat(rejection(images.get(3)).code()).isEqualTo("classifier");
        assertThat(images.get(1).probabilities()).isCompleted();
        assertThat(images.get(2).probabilities()).isCompleted();
    }

    @Test
    void aWrongNumberOfResultsNamesBothNumbers() {
        // A blank image on its own gets one row, so the device counts as sound.
        List<PendingImage> images = run(answering(new float[][] {{0.25f, 0.75f}}), 1, 2);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isCompleted());
        assertDeviceFails(
                answering(new float[0][]),
                "the device fails even on a blank image: the classifier returned 0 results for 1 images");
    }

    @Test
    void moreResultsThanImagesAreNoResults() {
        assertDeviceFails(
                answering(new float[4][2]),
                "the device fails even on a blank image: the classifier returned 4 results for 1 images");
    }

    /** Returns this row for images with this number, and the right row for all others. */
    private static Classifier spoiling(int number, float... row) {
        return classifier(images -> {
            float[][] rows = FakeClassifier.rows(images);
            for (int i = 0; i < rows.length; i++) {
                if (images.get(i)[0] == number) {
                    rows[i] = row;
                }
            }
            return rows;
        });
    }

    /** Appends two values to the row of each image. */
    private record Embedding(float... values) implements Classifier {
        @Override
        public float[][] classify(List<byte[]> images) {
            float[][] rows = FakeClassifier.rows(images);
            for (int i = 0; i < rows.length; i++) {
                int classes = rows[i].length;
                rows[i] = Arrays.copyOf(rows[i], classes + values.length);
                // A blank image has a sound embedding.
                float[] own = images.get(i)[0] == 0 ? new float[values.length] : values;
                System.arraycopy(own, 0, rows[i], classes, own.length);
            }
            return rows;
        }

        @Override
        public int embeddingLength() {
            return values.length;
        }
    }

    @Test
    void anEmbeddingMayHaveAnyFiniteValues() {
        for (PendingImage image : run(new Embedding(-3, 1e9f), 1, 2)) {
            float[] probabilities = FakeClassifier.row(image.pixels());
            assertThat(image.probabilities().join()).containsExactly(probabilities[0], probabilities[1], -3, 1e9f);
        }
    }

    @Test
    void anEmbeddingThatIsNotFiniteRejectsItsImage() {
        RejectedEventException rejection =
                rejection(run(new Embedding(1, Float.NaN), 1).get(0));
        assertThat(rejection.code()).isEqualTo("not_finite");
        assertThat(rejection).hasMessage("the network's output has a value of NaN in the embedding");
    }

    static Stream<Arguments> unsoundRows() {
        return Stream.of(
                Arguments.of("not_finite", "has a value of NaN", new float[] {0.5f, Float.NaN}),
                Arguments.of("not_finite", "has a value of Infinity", new float[] {Float.POSITIVE_INFINITY, 0}),
                Arguments.of("not_finite", "has a value of -Infinity", new float[] {1, Float.NEGATIVE_INFINITY}),
                Arguments.of("not_probabilities", "has a value of -0.5", new float[] {0.5f, -0.5f}),
                Arguments.of("not_probabilities", "has a value of 7.0", new float[] {7, 0}),
                Arguments.of("not_probabilities", "has a sum of 0.0 rather than 1", new float[] {0, 0}),
                Arguments.of("not_probabilities", "has a sum of 2.0 rather than 1", new float[] {1, 1}),
                Arguments.of("not_probabilities", "has 3 values for 2 classes", new float[] {1, 0, 0}),
                Arguments.of("not_probabilities", "has no values", new float[0]));
    }

    @ParameterizedTest
    @MethodSource("unsoundRows")
    void aRowWithoutProbabilitiesOnlyRejectsItsImage(String code, String fault, float[] row) {
        List<PendingImage> images = run(spoiling(POISON, row), 1, POISON, 3);
        assertThat(rejection(images.get(1)).stage()).isEqualTo(Stage.CLASSIFY);
        assertThat(rejection(images.get(1)).code()).isEqualTo(code);
        assertThat(rejection(images.get(1))).hasMessage("the network's output " + fault);
        assertThat(images.get(0).probabilities()).isCompleted();
        assertThat(images.get(2).probabilities()).isCompleted();
    }

    @ParameterizedTest
    @MethodSource("unsoundRows")
    void aDeviceThatAnswersEverythingWithUnsoundRowsIsBroken(String code, String fault, float[] row) {
        boolean[] sick = new boolean[1];
        BatchRunner runner = runner(classifier(images -> {
            float[][] rows = FakeClassifier.rows(images);
            if (sick[0]) {
                Arrays.fill(rows, row);
            }
            return rows;
        }));
        runner.run(images(1, 2));
        sick[0] = true;
        List<PendingImage> images = images(1, 2, 3);
        assertThatThrownBy(() -> runner.run(images))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessage("the device fails even on a blank image: the network's output " + fault);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isNotDone());
    }

    @Test
    void aRowThatIsUnsoundOnlyInItsBatchRejectsNoImage() {
        List<PendingImage> images = run(
                classifier(batch -> {
                    float[][] rows = FakeClassifier.rows(batch);
                    if (batch.size() > 1) {
                        rows[1] = new float[] {Float.NaN, Float.NaN};
                    }
                    return rows;
                }),
                1,
                2,
                3);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities().join())
                .isEqualTo(FakeClassifier.row(image.pixels())));
    }

    /** A blank image is all zeros, so a broken device may classify it but no other image. */
    @Test
    void aDeviceThatFailsOnAnImageItClassifiedBeforeIsBroken() {
        boolean[] sick = new boolean[1];
        BatchRunner runner = runner(new FakeClassifier(images -> {
            if (sick[0] && images.stream().anyMatch(image -> image[0] != 0)) {
                throw new IllegalStateException("illegal address");
            }
        }));
        runner.run(images(1));
        sick[0] = true;
        List<PendingImage> images = images(2, 3);
        assertThatThrownBy(() -> runner.run(images))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessage("the device fails even on an image that it has classified before: illegal address");
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isNotDone());
    }

    static Stream<Consumer<List<byte[]>>> lateEndsOfACall() {
        return Stream.of(
                images -> {},
                images -> {
                    throw new OutOfDeviceMemoryException("out of memory", null);
                },
                images -> {
                    throw new IllegalStateException("the driver gave up");
                });
    }

    @ParameterizedTest
    @MethodSource("lateEndsOfACall")
    void aRetiredRunnerChangesNothingHoweverItsCallEnds(Consumer<List<byte[]>> late) {
        FakeClassifier classifier = new FakeClassifier(images -> {
            retired = true;
            late.accept(images);
        });
        List<PendingImage> images = run(classifier, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isNotDone());
        assertThat(ceiling.get()).isEqualTo(8);
        assertThat(lowered).isEmpty();
        assertThat(classifier.batchSizes()).containsExactly(8);
    }

    @Test
    void aRunnerRetiredDuringTheBlankImageRejectsNothing() {
        List<PendingImage> images = run(
                new FakeClassifier(batch -> {
                    if (batch.get(0)[0] == POISON) {
                        throw new IllegalStateException("poisoned");
                    }
                    retired = true;
                }),
                POISON);
        assertThat(images.get(0).probabilities()).isNotDone();
    }

    @Test
    void outOfMemoryHalvesTheCeilingUntilBatchesFit() {
        run(withMemoryFor(2), 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(ceiling.get()).isEqualTo(2);
        assertThat(lowered).containsExactly(4, 2);
    }

    @Test
    void outOfMemoryRejectsNoImage() {
        List<PendingImage> images = run(withMemoryFor(2), 1, 2, 3, 4, 5, 6, 7);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities().join())
                .isEqualTo(FakeClassifier.row(image.pixels())));
    }

    @Test
    void aBatchAboveTheCeilingIsSplit() {
        FakeClassifier classifier = FakeClassifier.sound();
        ceiling.outOfMemory(4);
        run(classifier, 1, 2, 3, 4, 5);
        assertThat(classifier.batchSizes()).containsExactly(2, 2, 1);
    }

    @Test
    void outOfMemoryInASmallerBatchLowersTheCeilingToHalfOfIt() {
        run(withMemoryFor(1), 1, 2, 3);
        assertThat(ceiling.get()).isEqualTo(1);
        assertThat(lowered).containsExactly(1);
    }

    @Test
    void fullBatchesThatFitRaiseTheCeilingAgain() {
        BatchRunner runner = runner(FakeClassifier.sound());
        ceiling.outOfMemory(8);
        for (int batch = 0; batch < BatchCeiling.FIRST_WAIT; batch++) {
            assertThat(raised).isEmpty();
            runner.run(images(1, 2, 3, 4));
        }
        assertThat(raised).containsExactly(5);
        assertThat(ceiling.get()).isEqualTo(5);
    }

    @Test
    void batchesThatAreNotFullDoNotRaiseTheCeiling() {
        BatchRunner runner = runner(FakeClassifier.sound());
        ceiling.outOfMemory(8);
        for (int batch = 0; batch < 3 * BatchCeiling.FIRST_WAIT; batch++) {
            runner.run(images(1, 2, 3));
        }
        assertThat(raised).isEmpty();
    }

    @Test
    void noMemoryForASingleImageIsTheDevicesFault() {
        assertDeviceFails(withMemoryFor(0), "the device has no memory for a single image");
    }

    @Test
    void aBrokenDeviceRejectsNoImage() {
        assertDeviceFails(
                new FakeClassifier(images -> {
                    throw new IllegalStateException("CUDA: device lost");
                }),
                "the device fails even on a blank image: CUDA: device lost");
    }

    @Test
    void imagesClassifiedBeforeTheDeviceBreaksKeepTheirResult() {
        List<PendingImage> images = images(1, 2, 3, 4);
        BatchRunner runner = runner(new FakeClassifier(batch -> {
            // The device fails on the whole batch, succeeds on its first half, and is lost during the second half.
            if (batch.size() > 2 || batch.get(0)[0] != 1) {
                throw new IllegalStateException("device lost");
            }
        }));
        assertThatThrownBy(() -> runner.run(images)).isInstanceOf(DeviceFailedException.class);
        assertThat(images.get(0).probabilities()).isCompleted();
        assertThat(images.get(1).probabilities()).isCompleted();
        assertThat(images.get(2).probabilities()).isNotDone();
        assertThat(images.get(3).probabilities()).isNotDone();
    }
}
