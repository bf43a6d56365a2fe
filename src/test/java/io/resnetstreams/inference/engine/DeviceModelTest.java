package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the bundled model on the real engines. */
class DeviceModelTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");

    @ParameterizedTest
    @EnumSource
    @Timeout(180)
    void workersWithBatchesOfAllSizesDoNotBlockOneAnother(EngineName engine) throws Exception {
        assertWorkersDoNotBlockOneAnother(engine, 40);
    }

    /** Blocks that shared their parameter arrays used to deadlock in MXNet within a few hundred batches. */
    @ParameterizedTest
    @EnumSource
    @Tag("full") // The test above keeps the promise with fewer batches.
    @Timeout(600)
    void workersDoNotBlockOneAnotherInHundredsOfBatches(EngineName engine) throws Exception {
        assertWorkersDoNotBlockOneAnother(engine, 400);
    }

    private static void assertWorkersDoNotBlockOneAnother(EngineName engine, int batches) throws Exception {
        ModelDirectory directory = ModelDirectory.load(MODEL);
        try (DeviceModel model = DeviceModel.load(engine, directory, ComputeDevice.CPU, 2, 32)) {
            List<CompletableFuture<Integer>> workers = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                Classifier classifier = model.classifiers().get(worker);
                long seed = worker;
                workers.add(
                        CompletableFuture.supplyAsync(() -> classify(classifier, model.imageBytes(), seed, batches)));
            }
            for (CompletableFuture<Integer> worker : workers) {
                assertThat(worker.get()).isEqualTo(batches);
            }
            model.classifiers().forEach(Classifier::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allWorkersGiveAnImageTheSameProbabilities(EngineName engine) throws Exception {
        ModelDirectory directory = ModelDirectory.load(MODEL);
        try (DeviceModel model = DeviceModel.load(engine, directory, ComputeDevice.CPU, 2, 32)) {
            byte[] image = new byte[model.imageBytes()];
            new SplittableRandom(1).nextBytes(image);
            float[] first = model.classifiers().get(0).classify(List.of(image))[0];
            float[] second = model.classifiers().get(1).classify(List.of(image))[0];
            assertThat(first).hasSize(directory.labels().size()).isEqualTo(second);
            model.classifiers().forEach(Classifier::close);
        }
    }

    @Test
    void foldingHereOrByTheEngineGivesTheSameProbabilities() throws Exception {
        ModelDirectory directory = ModelDirectory.load(MODEL);
        List<byte[]> images = images(new SplittableRandom(2), 28 * 28 * 3);
        List<float[][]> rows = new ArrayList<>();
        for (boolean folded : new boolean[] {true, false}) {
            try (DeviceModel model = DeviceModel.load(new MxNetEngine(folded), directory, ComputeDevice.CPU, 1, 32)) {
                rows.add(model.classifiers().get(0).classify(images));
                model.classifiers().forEach(Classifier::close);
            }
        }
        for (int i = 0; i < images.size(); i++) {
            assertThat(rows.get(0)[i]).as("seed 2, image %d", i).containsExactly(rows.get(1)[i], within(1e-4f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inInt8TheSameImagesGetTheSameProbabilities(EngineName engine, @TempDir Path folder) throws Exception {
        assertSameProbabilitiesInInt8(engine, folder, 100);
    }

    /** In MXNet with memory planned only once, about one batch in 1,200 had the same result for all images. */
    @ParameterizedTest
    @EnumSource
    @Tag("full") // The test above keeps the promise with fewer batches.
    void inInt8TheSameImagesAlwaysGetTheSameProbabilities(EngineName engine, @TempDir Path folder) throws Exception {
        assertSameProbabilitiesInInt8(engine, folder, 1_500);
    }

    private static void assertSameProbabilitiesInInt8(EngineName engine, Path folder, int batches) throws Exception {
        SplittableRandom random = new SplittableRandom(4);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            images.addAll(images(random, 28 * 28 * 3));
        }
        ModelDirectory int8 = ModelQuantization.write(
                ModelDirectory.load(MODEL), Precision.INT8, engine, images, "int8", null, folder.resolve("int8"));
        try (DeviceModel model = DeviceModel.load(engine, int8, ComputeDevice.CPU, 2, 32)) {
            List<float[]> expected = images.stream()
                    .map(image -> model.classifiers().get(0).classify(List.of(image))[0])
                    .toList();
            List<CompletableFuture<Integer>> workers = model.classifiers().stream()
                    .map(classifier ->
                            CompletableFuture.supplyAsync(() -> wrongBatches(classifier, images, expected, batches)))
                    .toList();
            for (CompletableFuture<Integer> worker : workers) {
                assertThat(worker.get())
                        .as("wrong batches of %d, seed 4", batches)
                        .isZero();
            }
            model.classifiers().forEach(Classifier::close);
        }
    }

    private static int wrongBatches(Classifier classifier, List<byte[]> images, List<float[]> expected, int batches) {
        int wrong = 0;
        for (int batch = 0; batch < batches; batch++) {
            int from = batch * 4 % (images.size() - 4);
            float[][] rows = classifier.classify(images.subList(from, from + 4));
            boolean same = true;
            for (int i = 0; i < 4; i++) {
                for (int index = 0; index < rows[i].length; index++) {
                    // The last digits may depend on the size of the batch.
                    same &= Math.abs(rows[i][index] - expected.get(from + i)[index]) < 1e-3;
                }
            }
            wrong += same ? 0 : 1;
        }
        return wrong;
    }

    /** Two concurrent batches of varying sizes on one block give the same results as one after the other. */
    @ParameterizedTest
    @EnumSource
    void aBatchBegunWhileAnotherRunsChangesNeither(EngineName engine) throws Exception {
        try (DeviceModel model = DeviceModel.load(engine, ModelDirectory.load(MODEL), ComputeDevice.CPU, 1, 32)) {
            Classifier classifier = model.classifiers().get(0);
            SplittableRandom random = new SplittableRandom(3);
            List<byte[]> before = images(random, model.imageBytes());
            Supplier<float[][]> running = classifier.begin(before);
            for (int batch = 0; batch < 50; batch++) {
                List<byte[]> next = images(random, model.imageBytes());
                Supplier<float[][]> begun = classifier.begin(next);
                float[][] rows = running.get();
                float[][] alone = classifier.classify(before);
                for (int i = 0; i < rows.length; i++) {
                    assertThat(rows[i])
                            .as("seed 3, batch %d, image %d", batch, i)
                            .containsExactly(alone[i]);
                }
                before = next;
                running = begun;
            }
            running.get();
            classifier.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void arraysOfABatchAreOpenUntilItsResultIsRead(EngineName engine) throws Exception {
        try (DeviceModel model = DeviceModel.load(engine, ModelDirectory.load(MODEL), ComputeDevice.CPU, 1, 4)) {
            Classifier classifier = model.classifiers().get(0);
            List<byte[]> images = List.of(new byte[model.imageBytes()], new byte[model.imageBytes()]);
            int atRest = model.openArrays();
            for (int batch = 0; batch < 20; batch++) {
                Supplier<float[][]> running = classifier.begin(images);
                // An engine without a queue may still have its input open.
                assertThat(model.openArrays()).isGreaterThan(atRest);
                running.get();
                assertThat(model.openArrays()).isEqualTo(atRest);
            }
            classifier.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFreshClassifierGivesTheSameProbabilities(EngineName engine) throws Exception {
        try (DeviceModel model = DeviceModel.load(engine, ModelDirectory.load(MODEL), ComputeDevice.CPU, 1, 4)) {
            byte[] image = new byte[model.imageBytes()];
            new SplittableRandom(5).nextBytes(image);
            try (Classifier fresh = model.freshClassifier()) {
                assertThat(fresh.classify(List.of(image))[0])
                        .as("seed 5")
                        .isEqualTo(model.classifiers().get(0).classify(List.of(image))[0]);
            }
            model.classifiers().forEach(Classifier::close);
        }
    }

    private static List<byte[]> images(SplittableRandom random, int imageBytes) {
        List<byte[]> images = new ArrayList<>();
        for (int i = 1 + random.nextInt(16); i > 0; i--) {
            byte[] image = new byte[imageBytes];
            random.nextBytes(image);
            images.add(image);
        }
        return images;
    }

    private static int classify(Classifier classifier, int imageBytes, long seed, int batches) {
        SplittableRandom random = new SplittableRandom(seed);
        int done = 0;
        while (done < batches) {
            List<byte[]> images = new ArrayList<>();
            int size = 1 + random.nextInt(32);
            for (int i = 0; i < size; i++) {
                images.add(new byte[imageBytes]);
            }
            assertThat(classifier.classify(images)).hasDimensions(size, 10);
            done++;
        }
        return done;
    }
}
