package io.resnetstreams.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains a small plain network on bright and dark noise, on the engine. */
class ResNetTrainerTest {
    private static final int SIZE = 8;
    private static final int IMAGES = 64;
    private static final int BATCH = 16;
    private static final int EPOCHS = 3;
    private static final List<String> LABELS = List.of("dark", "bright");

    @TempDir
    private Path folder;

    private static LabelledImages images(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> pixels = new ArrayList<>();
        int[] classes = new int[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            byte[] image = new byte[SIZE * SIZE * 3];
            classes[i] = i % 2;
            for (int k = 0; k < image.length; k++) {
                image[k] = (byte) (random.nextInt(128) + 128 * classes[i]);
            }
            pixels.add(image);
        }
        return new LabelledImages(SIZE, SIZE, pixels, classes);
    }

    private static TrainingOptions options(double learningRate) {
        return new TrainingOptions(
                EPOCHS, BATCH, learningRate, TrainingOptions.Schedule.COSINE, 0, 1e-4, 0.9, 0.1, 1, true, 0.5, 0, 5);
    }

    private static ResNetTrainer trainer(TrainingOptions options, IntConsumer onImages) {
        return new ResNetTrainer(
                description(),
                options,
                new TrainingData(images(1), images(2), LABELS, 0),
                Map.of(),
                (epoch, count) -> onImages.accept(count));
    }

    private static ModelDescription description() {
        return new ModelDescription(
                1,
                "small",
                "resnet8",
                SIZE,
                SIZE,
                0,
                List.of(0.5, 0.5, 0.5),
                List.of(0.25, 0.25, 0.25),
                2,
                Precision.FP32,
                null,
                new ModelDescription.Provenance("trained", null, null),
                null,
                Map.of());
    }

    private static Map<String, float[]> parameters(Path directory) throws InvalidModelException {
        return ModelDirectory.load(directory).network().values();
    }

    /** Interrupts a training in the middle of its second epoch. */
    private void interrupt(Path directory) {
        int[] steps = {0};
        ResNetTrainer stopped = trainer(options(0.05), count -> {
            if (++steps[0] == IMAGES / BATCH + 2) {
                throw new IllegalStateException("stopped");
            }
        });
        assertThatThrownBy(() -> stopped.train(directory, false, epoch -> {})).hasMessage("stopped");
    }

    @Test
    void theModelIsTrainedAndVerified() throws Exception {
        List<ResNetTrainer.Epoch> epochs = new ArrayList<>();
        trainer(options(0.05), count -> {}).train(folder, false, epochs::add);
        assertThat(epochs).hasSize(EPOCHS);
        assertThat(epochs.get(EPOCHS - 1).testAccuracy()).isGreaterThan(0.9);
        ModelDirectory model = ModelDirectory.load(folder);
        assertThat(model.description().provenance().epochs()).isEqualTo(EPOCHS);
        assertThat(folder.resolve(Checkpoint.FILE)).doesNotExist();
    }

    @Test
    void aResumedTrainingEndsWithTheSameParametersAndLog() throws Exception {
        Path whole = folder.resolve("whole");
        Path resumed = folder.resolve("resumed");
        trainer(options(0.05), count -> {}).train(whole, false, epoch -> {});
        interrupt(resumed);
        List<Integer> epochs = new ArrayList<>();
        trainer(options(0.05), count -> {}).train(resumed, true, epoch -> epochs.add(epoch.epoch()));
        assertThat(epochs).containsExactly(2, 3);
        Map<String, float[]> expected = parameters(whole);
        // Sums inside the engine sometimes differ in their last bit, depending on memory alignment.
        parameters(resumed)
                .forEach((name, values) ->
                        assertThat(values).as(name).containsExactly(expected.get(name), within(1e-5f)));
        assertThat(Files.readAllLines(resumed.resolve(ResNetTrainer.LOG_FILE))).hasSize(EPOCHS);
    }

    @Test
    void trainingStartsFromTheValuesGiven() throws Exception {
        Path base = folder.resolve("base");
        trainer(options(0.05), count -> {}).train(base, false, epoch -> {});
        Map<String, float[]> start = parameters(base);
        List<ResNetTrainer.Epoch> epochs = new ArrayList<>();
        TrainingData data = new TrainingData(images(1), images(2), LABELS, 0);
        new ResNetTrainer(description(), options(1e-9), data, start, (epoch, count) -> {})
                .train(folder.resolve("tuned"), false, epochs::add);
        assertThat(parameters(folder.resolve("tuned")).get("conv1.weight"))
                .containsExactly(start.get("conv1.weight"), within(1e-6f));
        assertThat(epochs.get(0).testAccuracy()).isGreaterThan(0.9);
    }

    @Test
    void trainingWithoutProgressEndsEarlyWithTheBestEpoch() throws Exception {
        TrainingOptions patient =
                new TrainingOptions(20, BATCH, 1e-9, TrainingOptions.Schedule.STEP, 0, 0, 0, 0, 0, false, 0, 2, 5);
        List<ResNetTrainer.Epoch> epochs = new ArrayList<>();
        trainer(patient, count -> {}).train(folder, false, epochs::add);
        int best = 0;
        for (int i = 1; i < epochs.size(); i++) {
            best = epochs.get(i).testAccuracy() > epochs.get(best).testAccuracy() ? i : best;
        }
        assertThat(epochs).hasSize(best + 3);
        assertThat(ModelDirectory.load(folder).description().provenance().epochs())
                .isEqualTo(best + 1);
    }

    @Test
    void resumingAFinishedTrainingChangesNothing() throws Exception {
        trainer(options(0.05), count -> {}).train(folder, false, epoch -> {});
        Map<String, float[]> before = parameters(folder);
        List<Integer> epochs = new ArrayList<>();
        trainer(options(0.05), count -> {}).train(folder, true, epoch -> epochs.add(epoch.epoch()));
        assertThat(epochs).isEmpty();
        assertThat(parameters(folder).get("conv1.weight")).containsExactly(before.get("conv1.weight"));
    }

    @Test
    void fewerImagesThanABatchAreRefused() {
        TrainingOptions large =
                new TrainingOptions(1, IMAGES + 1, 0.1, TrainingOptions.Schedule.COSINE, 0, 0, 0, 0, 0, false, 0, 0, 5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(large, count -> {}))
                .withMessageContainingAll("batch size is 65", "64 images");
    }

    @Test
    void aCheckpointOfAnotherTrainingIsRefused() {
        interrupt(folder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(options(0.06), count -> {}).train(folder, true, epoch -> {}))
                .withMessageContainingAll("options", "learningRate=0.05", "learningRate=0.06");
    }

    @Test
    void anUnfinishedTrainingIsNotOverwrittenByAccident() throws Exception {
        interrupt(folder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(options(0.05), count -> {}).train(folder, false, epoch -> {}))
                .withMessageContainingAll(Checkpoint.FILE, "--resume");
    }
}
