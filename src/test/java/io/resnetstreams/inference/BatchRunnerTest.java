package io.resnetstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchRunnerTest {
    private static final int POISON = 66;

    private final AtomicInteger ceiling = new AtomicInteger(8);
    private final List<Integer> newCeilings = new ArrayList<>();

    private List<PendingImage> run(Classifier classifier, int... numbers) {
        List<PendingImage> images = IntStream.of(numbers)
                .mapToObj(number -> TestImages.pending(number, 0))
                .toList();
        new BatchRunner(classifier, 3, ceiling, newCeilings::add).run(images);
        return images;
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
        return new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return rows;
            }

            @Override
            public void close() {
                // Nothing is held.
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
    void aPoisonousImageIsRejectedAlone() {
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
        // A blank image alone gets its one row, so the device counts as sound.
        List<PendingImage> images = run(answering(new float[1][2]), 1, 2);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities()).isCompleted());
        List<PendingImage> none = run(answering(new float[0][]), 1);
        assertThat(failure(none.get(0)))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessageContaining("the classifier returned 0 results for 1 images");
    }

    @Test
    void moreResultsThanImagesAreNoResults() {
        List<PendingImage> images = run(answering(new float[3][2]), 1, 2);
        assertThat(failure(images.get(0))).hasMessageContaining("returned 3 results for 1 images");
    }

    @Test
    void anOutputThatIsNotFiniteIsRejected() {
        List<PendingImage> images = run(answering(new float[][] {{0.5f, Float.NaN}, {0.5f, 0.5f}}), 1, 2);
        assertThat(rejection(images.get(0)).stage()).isEqualTo(Stage.CLASSIFY);
        assertThat(rejection(images.get(0)).code()).isEqualTo("not_finite");
        assertThat(images.get(1).probabilities()).isCompleted();
    }

    @Test
    void infinityIsNotFinite() {
        List<PendingImage> images = run(answering(new float[][] {{Float.POSITIVE_INFINITY, 0}}), 1);
        assertThat(rejection(images.get(0))).hasMessage("the network's output has a value of Infinity");
    }

    @Test
    void outOfMemoryHalvesTheCeilingUntilBatchesFit() {
        run(withMemoryFor(2), 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(ceiling).hasValue(2);
        assertThat(newCeilings).containsExactly(4, 2);
    }

    @Test
    void outOfMemoryCostsNoImage() {
        List<PendingImage> images = run(withMemoryFor(2), 1, 2, 3, 4, 5, 6, 7);
        assertThat(images).allSatisfy(image -> assertThat(image.probabilities().join())
                .isEqualTo(FakeClassifier.row(image.pixels())));
    }

    @Test
    void aBatchAboveTheCeilingIsCut() {
        FakeClassifier classifier = FakeClassifier.sound();
        ceiling.set(2);
        run(classifier, 1, 2, 3, 4, 5);
        assertThat(classifier.batchSizes()).containsExactly(2, 2, 1);
    }

    @Test
    void theCeilingIsNeverRaised() {
        ceiling.set(3);
        run(withMemoryFor(1), 1, 2, 3);
        assertThat(ceiling).hasValue(1);
    }

    @Test
    void noMemoryForASingleImageIsTheDevicesFault() {
        List<PendingImage> images = run(withMemoryFor(0), 1, 2);
        assertThat(images).allSatisfy(image -> assertThat(failure(image))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessage("the device has no memory for a single image"));
    }

    @Test
    void aBrokenDeviceFailsAllImagesAndRejectsNone() {
        Classifier broken = new FakeClassifier(images -> {
            throw new IllegalStateException("CUDA: device lost");
        });
        assertThat(run(broken, 1, 2, 3)).allSatisfy(image -> assertThat(failure(image))
                .isInstanceOf(DeviceFailedException.class)
                .hasMessage("the device fails even on a blank image: CUDA: device lost"));
    }
}
