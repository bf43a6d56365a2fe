package io.resnetstreams.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.Png;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.TestIdx;
import io.resnetstreams.model.TestModels;
import io.resnetstreams.model.data.EvaluationSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    private static final int CLASSES = TestModels.LABELS.size();

    @TempDir
    private Path folder;

    private ModelDirectory model;
    private Path data;
    private final AtomicInteger classified = new AtomicInteger();

    /** Returns a row that depends on the image's grey. */
    private record FakeClassifier(IntFunction<float[]> rowOfGrey, AtomicInteger classified) implements Classifier {
        @Override
        public float[][] classify(List<byte[]> images) {
            classified.addAndGet(images.size());
            return images.stream().map(image -> rowOfGrey.apply(image[0])).toArray(float[][]::new);
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    @BeforeEach
    void writeModel() throws IOException, InvalidModelException {
        TestModels.write(folder.resolve("model"));
        model = ModelDirectory.load(folder.resolve("model"));
        data = Files.createDirectory(folder.resolve("data"));
    }

    private EvaluationSet set() throws IOException {
        return EvaluationSet.read(
                data, model, new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, 2, 2)));
    }

    private EvaluationSet set(int[] greys, int[] classes) throws IOException {
        TestIdx.writeTestSplit(data, greys, classes);
        return set();
    }

    private FakeClassifier classifier(IntFunction<float[]> rowOfGrey) {
        return new FakeClassifier(rowOfGrey, classified);
    }

    /** Returns a row in which class N is the most probable for grey N, and probabilities decrease with the distance. */
    private static float[] nearest(int grey) {
        float[] row = new float[CLASSES];
        for (int c = 0; c < CLASSES; c++) {
            row[c] = 1f / (1 + Math.abs(c - grey));
        }
        return row;
    }

    @Test
    void accuracyIsTheShareWhoseFirstClassIsRight() throws Exception {
        EvaluationSet set = set(new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 7});
        assertThat(Evaluation.run(set, List.of(classifier(EvaluationTest::nearest)), 3, 1)
                        .accuracy())
                .isEqualTo(0.75);
    }

    @Test
    void theEmbeddingIsNotAClass() throws Exception {
        EvaluationSet set = set(new int[] {0, 1}, new int[] {0, 1});
        Classifier embedding = new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return images.stream()
                        .map(image -> {
                            float[] row = Arrays.copyOf(nearest(image[0]), CLASSES + 1);
                            row[CLASSES] = 5;
                            return row;
                        })
                        .toArray(float[][]::new);
            }

            @Override
            public int embeddingLength() {
                return 1;
            }
        };
        Evaluation.Result result = Evaluation.run(set, List.of(embedding), 2, 1);
        assertThat(result.accuracy()).isEqualTo(1);
        assertThat(result.predicted()).containsExactly(0, 1);
    }

    @Test
    void top5IsTheShareWhoseClassIsAmongTheFirstFive() throws Exception {
        // For grey 0 the ranking is 0, 1, 2, …, so class 4 is the fifth and class 5 the sixth.
        EvaluationSet set = set(new int[] {0, 0, 0, 0}, new int[] {0, 4, 5, 7});
        assertThat(Evaluation.run(set, List.of(classifier(EvaluationTest::nearest)), 4, 1)
                        .top5())
                .isEqualTo(0.5);
    }

    @Test
    void ofEqualClassesTheLowerIndexCountsAsFirst() throws Exception {
        EvaluationSet set = set(new int[] {0, 0}, new int[] {0, 1});
        Evaluation.Result result = Evaluation.run(set, List.of(classifier(grey -> new float[CLASSES])), 2, 1);
        assertThat(result.accuracy()).isEqualTo(0.5);
        assertThat(result.predicted()).containsExactly(0, 0);
    }

    @Test
    void theFirstClassOfEachImageIsReturned() throws Exception {
        EvaluationSet set = set(new int[] {3, 1, 4}, new int[] {0, 0, 0});
        assertThat(Evaluation.run(set, List.of(classifier(EvaluationTest::nearest)), 2, 1)
                        .predicted())
                .containsExactly(3, 1, 4);
    }

    @Test
    void repetitionsCountAsImagesAndDoNotChangeTheShares() throws Exception {
        EvaluationSet set = set(new int[] {0, 1, 2, 3}, new int[] {0, 1, 2, 7});
        Evaluation.Result result = Evaluation.run(set, List.of(classifier(EvaluationTest::nearest)), 3, 5);
        assertThat(result.images()).isEqualTo(20);
        assertThat(result.accuracy()).isEqualTo(0.75);
        // One additional batch warms the classifier up.
        assertThat(classified).hasValue(20 + 3);
    }

    @Test
    void severalClassifiersShareTheWork() throws Exception {
        EvaluationSet set = set(new int[] {0, 1, 2, 3, 4}, new int[] {0, 1, 2, 3, 0});
        List<Classifier> classifiers =
                List.of(classifier(EvaluationTest::nearest), classifier(EvaluationTest::nearest));
        assertThat(Evaluation.run(set, classifiers, 1, 3).accuracy()).isEqualTo(0.8);
    }

    /** NaN is not greater than any other value, so class 0 would count as the most probable. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void rowsThatAreNotFiniteAreAnError(float value) throws Exception {
        EvaluationSet set = set(new int[] {0, 1, 2}, new int[] {0, 1, 2});
        List<Classifier> classifiers = List.of(classifier(grey -> {
            float[] row = nearest(grey);
            row[3] = grey == 2 ? value : row[3];
            return row;
        }));
        assertThatIllegalStateException()
                .isThrownBy(() -> Evaluation.run(set, classifiers, 2, 1))
                .withMessageStartingWith("image 2 of the set: the network's output has a value that is not finite");
    }

    @Test
    void aFailureOfTheClassifierFailsTheEvaluation() throws Exception {
        EvaluationSet set = set(new int[] {0}, new int[] {0});
        List<Classifier> broken = List.of(classifier(grey -> {
            throw new IllegalStateException("device lost");
        }));
        assertThatIllegalStateException()
                .isThrownBy(() -> Evaluation.run(set, broken, 1, 1))
                .withMessage("device lost");
    }

    @Test
    void aClassThatTheModelDoesNotHaveIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> set(new int[] {0}, new int[] {CLASSES}))
                .withMessage("#0 is of class 8; the model has 8 classes, counted from 0");
    }

    @Test
    void aMissingFolderIsNamed() {
        data = folder.resolve("elsewhere");
        assertThatIOException().isThrownBy(this::set).withMessage(data + ": there is no such directory");
    }

    @Test
    void aFolderOfAnotherKindIsRefusedWithWhatIsAllowed() {
        assertThatIOException()
                .isThrownBy(this::set)
                .withMessageContainingAll("neither an IDX data set", "labels.tsv", "such as 'zero'");
    }

    private void png(String name, int edge) throws IOException {
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, Png.encodeRgb(new byte[edge * edge * 3], edge, edge));
    }

    @Test
    void theHeldOutSplitIsMeasured() throws IOException {
        png("Training/zero/a.png", 2);
        png("Testing/zero/b.png", 2);
        png("Testing/two/c.jfif", 2);
        png("Testing/mistyped/d.png", 2);
        Files.createFile(data.resolve("Testing/two/notes.txt"));
        EvaluationSet set = set();
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.classOf(1)).isEqualTo(2);
        assertThat(set.notices())
                .containsExactly(
                        "measured on " + data.resolve("Testing"),
                        "folders ignored, because the model has no such labels: mistyped",
                        "ignored, because their names are not those of images: 1 file (.txt 1)");
    }

    @Test
    void allBrokenImagesAreNamedOrLeftOut() throws Exception {
        png("zero/a.png", 2);
        Files.write(data.resolve("zero/b.heic"), new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'});
        Files.write(data.resolve("zero/c.jpg"), new byte[] {1, 2, 3});
        EvaluationSet set = set();
        List<Classifier> classifiers = List.of(classifier(EvaluationTest::nearest));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Evaluation.run(set, classifiers, 1, 1))
                .withMessageContainingAll(
                        "2 images can't be decoded", "b.heic: it is a HEIC", "c.jpg: ", "--skip-broken");
        EvaluationSet whole = set.withoutBroken();
        assertThat(whole.notices()).singleElement().asString().contains("skipped: 2 images", "b.heic", "c.jpg");
        assertThat(Evaluation.run(whole, classifiers, 1, 1).predicted()).containsExactly(0);
        Files.delete(data.resolve("zero/a.png"));
        assertThatIOException()
                .isThrownBy(() -> set().withoutBroken())
                .withMessageContaining("2 images can't be decoded");
    }

    @Test
    void foldersNamedByLabelsGiveTheClasses() throws IOException {
        Files.createFile(Files.createDirectory(data.resolve("two")).resolve("a.png"));
        Files.createFile(Files.createDirectory(data.resolve("zero")).resolve("b.png"));
        EvaluationSet set = set();
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.classOf(0)).isZero();
        assertThat(set.classOf(1)).isEqualTo(2);
    }
}
