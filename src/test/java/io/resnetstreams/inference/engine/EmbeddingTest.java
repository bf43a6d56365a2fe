package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.network.SymbolNodes;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The embedding of the bundled model in every precision and engine, against MXNet's own output of that layer. */
class EmbeddingTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final int CLASSES = 10;
    private static final int LENGTH = 64;

    private static ModelDirectory model;
    private static List<byte[]> images;
    /** The output of {@code flatten} for all images, as MXNet computes it without fusion. */
    private static float[] expected;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compute() throws Exception {
        model = ModelDirectory.load(MODEL);
        SplittableRandom random = new SplittableRandom(6);
        images = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            byte[] image = new byte[28 * 28 * 3];
            random.nextBytes(image);
            for (int value = 0; value < image.length; value++) {
                image[value] = (byte) ((image[value] & 0xFF) * i / 5);
            }
            images.add(image);
        }
        Network network = model.network();
        SymbolNodes nodes = SymbolNodes.of(network.symbol().json());
        int flatten = 0;
        while (!nodes.name(flatten).equals("flatten")) {
            flatten++;
        }
        nodes.graph().putArray("heads").addArray().add(flatten).add(0).add(0);
        try (SymbolNetwork truncated = new SymbolNetwork(
                        network.symbol().withGraph(nodes.graph().toString()), network::valuesOf);
                NDManager scope = truncated.manager().newSubManager()) {
            ByteBuffer pixels = ByteBuffer.allocateDirect(images.size() * images.get(0).length);
            images.forEach(pixels::put);
            expected = truncated
                    .forward(
                            scope.create(pixels.flip(), new Shape(images.size(), 28, 28, 3), DataType.UINT8),
                            false,
                            scope)
                    .toFloatArray();
        }
    }

    private static float[][] rows(InferenceEngine engine, ModelDirectory directory) {
        try (DeviceModel loaded = DeviceModel.load(engine, directory, ComputeDevice.CPU, 1, 4)) {
            assertThat(loaded.embeddingLength()).isEqualTo(LENGTH);
            Classifier classifier = loaded.classifiers().get(0);
            assertThat(classifier.embeddingLength()).isEqualTo(LENGTH);
            float[][] rows = classifier.classify(images);
            assertThat(rows).hasDimensions(images.size(), CLASSES + LENGTH);
            try (Classifier fresh = loaded.freshClassifier()) {
                assertThat(fresh.classify(images.subList(0, 1))[0]).containsExactly(rows[0], within(1e-4f));
            }
            classifier.close();
            return rows;
        }
    }

    /** Asserts that the dense layer computes the row's probabilities from the embedding. */
    private static void assertProbabilities(float[][] rows, float tolerance) {
        Network network = model.network();
        float[] weights = network.values().get("fc.weight");
        float[] bias = network.values().get("fc.bias");
        for (float[] row : rows) {
            double[] exponentials = new double[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                double logit = bias[c];
                for (int i = 0; i < LENGTH; i++) {
                    logit += (double) weights[c * LENGTH + i] * row[CLASSES + i];
                }
                exponentials[c] = Math.exp(logit);
            }
            double sum = Arrays.stream(exponentials).sum();
            for (int c = 0; c < CLASSES; c++) {
                assertThat(row[c]).isCloseTo((float) (exponentials[c] / sum), within(tolerance));
            }
        }
    }

    /** Asserts that embeddings differ from those in fp32 by at most this share of the largest value. */
    private static void assertEmbeddings(float[][] rows, double share) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int image = 0; image < rows.length; image++) {
            float[] embedding = Arrays.copyOfRange(rows[image], CLASSES, rows[image].length);
            assertThat(embedding)
                    .as("seed 6, image %d", image)
                    .containsExactly(Arrays.copyOfRange(expected, image * LENGTH, (image + 1) * LENGTH), within((float)
                            (share * largest)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fp32(EngineName engine) {
        float[][] rows = rows(InferenceEngine.of(engine), model.withEmbedding());
        assertProbabilities(rows, 1e-5f);
        assertEmbeddings(rows, 1e-4);
    }

    /** As on a GPU. */
    @Test
    void foldedHere() {
        float[][] rows = rows(new MxNetEngine(true), model.withEmbedding());
        assertProbabilities(rows, 1e-5f);
        assertEmbeddings(rows, 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    void int8(EngineName engine) throws Exception {
        ModelDirectory int8 = ModelQuantization.write(model, Precision.INT8, engine, images, "int8", null, folder);
        float[][] rows = rows(InferenceEngine.of(engine), int8.withEmbedding());
        // The dense layer stays in fp32.
        assertProbabilities(rows, 1e-5f);
        assertEmbeddings(rows, 0.3);
    }

    /** A processor without avx512_bf16 may not be able to run it, which is an error that names the model. */
    @Test
    void bf16() throws Exception {
        Path processor = Path.of("/proc/cpuinfo");
        boolean isSupported =
                Files.exists(processor) && Files.readString(processor).contains("avx512_bf16");
        try {
            assertSixteenBits(Precision.BF16, EngineName.MXNET, 1e-2f, 3e-2);
        } catch (IllegalArgumentException e) {
            assertThat(isSupported).as(e.getMessage()).isFalse();
            assertThat(e).hasMessageStartingWith("cannot run the model ");
        }
    }

    /** MXNet has no fp16 on CPUs; ONNX Runtime computes in fp32 there, and rounds. */
    @Test
    void fp16() throws Exception {
        assertSixteenBits(Precision.FP16, EngineName.ONNXRUNTIME, 2e-3f, 2e-3);
    }

    private void assertSixteenBits(Precision precision, EngineName engine, float tolerance, double share)
            throws Exception {
        ModelDirectory lower = ModelQuantization.write(model, precision, engine, List.of(), "lower", null, folder);
        float[][] rows = rows(InferenceEngine.of(engine), lower.withEmbedding());
        assertProbabilities(rows, tolerance);
        assertEmbeddings(rows, share);
    }

    @ParameterizedTest
    @EnumSource
    void withoutItRowsAreProbabilities(EngineName engine) {
        assertThat(model.embeddingLength()).isZero();
        try (DeviceModel loaded = DeviceModel.load(engine, model, ComputeDevice.CPU, 1, 1)) {
            Classifier classifier = loaded.classifiers().get(0);
            assertThat(classifier.embeddingLength()).isZero();
            assertThat(classifier.classify(images.subList(0, 1))).hasDimensions(1, CLASSES);
            classifier.close();
        }
    }
}
