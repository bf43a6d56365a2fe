package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.SmallNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each engine does when it can't compute, and when it is closed. */
@Timeout(180)
class EngineFailuresTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final int SIDE = 4;
    private static final List<String> LABELS = List.of("red", "green", "blue");
    /** More than any machine has. */
    private static final long TOO_MANY_BYTES = 1L << 48;

    private static final long MOST_GROWTH = 100L << 20;
    private static final int BATCHES = 2_000;

    @TempDir
    private Path folder;

    private ModelDirectory written(OnnxModel network, int side, List<String> labels) throws Exception {
        ModelDescription description = new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                "small",
                ModelDescription.OTHER,
                side,
                side,
                0,
                List.of(0.5, 0.5, 0.5),
                List.of(0.5, 0.5, 0.5),
                3,
                Precision.FP32,
                null,
                null,
                null,
                Map.of());
        ModelWriter.write(folder, description, labels, network);
        return ModelDirectory.load(folder);
    }

    private static DeviceModel load(EngineName engine, int workers, int largestBatch) throws Exception {
        return DeviceModel.load(engine, ModelDirectory.load(MODEL), ComputeDevice.CPU, workers, largestBatch);
    }

    private static DeviceModel loadOnnx(ModelDirectory directory, int largestBatch) {
        return DeviceModel.load(EngineName.ONNXRUNTIME, directory, ComputeDevice.CPU, 1, largestBatch);
    }

    @Test
    void calibrationStaysBelowTheBatchForWhichThereIsNoMemory() throws Exception {
        ModelDirectory greedy = written(SmallNetworks.greedy(SIDE, TOO_MANY_BYTES), SIDE, LABELS);
        try (DeviceModel model = loadOnnx(greedy, 8);
                Classifier classifier = model.classifiers().get(0)) {
            assertThat(model.calibration().imagesPerSecond()).containsOnlyKeys(1);
            byte[] image = new byte[model.imageBytes()];
            int atRest = model.openArrays();
            for (int batch = 0; batch < 20; batch++) {
                assertThatExceptionOfType(OutOfDeviceMemoryException.class)
                        .isThrownBy(() -> classifier.classify(List.of(image, image)));
                assertThat(classifier.classify(List.of(image))[0]).hasSize(LABELS.size());
                assertThat(model.openArrays()).isEqualTo(atRest);
            }
        }
    }

    @Test
    void anotherNumberOfLabelsIsRefused() throws Exception {
        ModelDirectory directory = written(SmallNetworks.sound(SIDE), SIDE, List.of("red", "green"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loadOnnx(directory, 4))
                .withMessage("cannot run the model " + folder + ": it has 3 outputs and 2 labels");
        assertThat(DeviceThreads.areRunning()).isFalse();
    }

    /** Pixels that do not fill the image are a mistake of the caller; the engine must not read past them. */
    @ParameterizedTest
    @EnumSource
    void anImageOfAnotherSizeIsRefused(EngineName engine) throws Exception {
        try (DeviceModel model = load(engine, 1, 4);
                Classifier classifier = model.classifiers().get(0)) {
            byte[] image = new byte[model.imageBytes()];
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> classifier.classify(List.of(image, new byte[model.imageBytes() / 2])));
            assertThat(classifier.classify(List.of(image))).hasDimensions(1, 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingTwiceDoesNothingMore(EngineName engine) throws Exception {
        DeviceModel model = load(engine, 2, 4);
        for (int time = 0; time < 2; time++) {
            model.classifiers().forEach(Classifier::close);
            model.close();
        }
        assertThat(DeviceThreads.areRunning()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedClassifierRefusesABatch(EngineName engine) throws Exception {
        try (DeviceModel model = load(engine, 2, 4)) {
            byte[] image = new byte[model.imageBytes()];
            Classifier closed = model.classifiers().get(0);
            Classifier open = model.classifiers().get(1);
            float[] before = open.classify(List.of(image))[0];
            closed.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> closed.classify(List.of(image)))
                    .withMessage("the classifier is closed");
            assertThat(open.classify(List.of(image))[0]).isEqualTo(before);
            open.close();
        }
    }

    /** The memory of a batch must not be freed before it is computed. */
    @ParameterizedTest
    @EnumSource
    void closingWaitsForTheBatchThatRuns(EngineName engine) throws Exception {
        for (int round = 0; round < 10; round++) {
            try (DeviceModel model = load(engine, 1, 1)) {
                Classifier classifier = model.classifiers().get(0);
                byte[] image = new byte[model.imageBytes()];
                new SplittableRandom(round).nextBytes(image);
                float[] alone = classifier.classify(List.of(image))[0];
                Supplier<float[][]> running = classifier.begin(Collections.nCopies(64, image));
                classifier.close();
                assertThat(DeviceThreads.areRunning()).isFalse();
                assertThat(running.get()[63]).as("image of seed %d", round).containsExactly(alone, within(1e-5f));
            }
        }
    }

    /** A batch has 390 KB of pixels. MXNet's arrays are all counted; ONNX Runtime's belong to no manager. */
    @Test
    void thousandsOfBatchesLeaveNoMemoryBehind() throws Exception {
        int side = 128;
        ModelDirectory directory = written(SmallNetworks.sound(side), side, LABELS);
        try (DeviceModel model = loadOnnx(directory, 8);
                Classifier classifier = model.classifiers().get(0)) {
            List<byte[]> images = Collections.nCopies(8, new byte[model.imageBytes()]);
            for (int batch = 0; batch < BATCHES / 4; batch++) {
                classifier.classify(images);
            }
            int atRest = model.openArrays();
            long before = nativeBytes();
            for (int batch = 0; batch < BATCHES; batch++) {
                assertThat(classifier.classify(images)).hasNumberOfRows(8);
            }
            assertThat(model.openArrays()).isEqualTo(atRest);
            assertThat(nativeBytes() - before).isLessThan(MOST_GROWTH);
        }
    }

    /** Returns the resident memory outside the file cache and Java's heap; 0 on systems without Linux's /proc. */
    private static long nativeBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        long resident = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                .findFirst()
                .orElseThrow();
        return resident - Runtime.getRuntime().totalMemory();
    }
}
