package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exported networks in another program with another version of ONNX Runtime: onnxruntime-node from npm. */
@Tag("full") // Needs a package of 290 MB.
class NodeRuntimeIT {
    private static final Path PACKAGES = Path.of("src", "test", "onnx");
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Path SHARED = Path.of("..", "shared");
    private static final int IMAGES = 200;
    private static final double WHITE = 255;

    @TempDir
    private Path folder;

    /** What the exported network reads. */
    enum Input {
        NORMALISED,
        PIXELS
    }

    @BeforeEach
    void requireNode() {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(PACKAGES.resolve("node_modules/onnxruntime-node")),
                "onnxruntime-node is not installed (npm ci --prefix " + PACKAGES + " --ignore-scripts)");
    }

    @ParameterizedTest
    @EnumSource
    void theBundledNetworkGivesTheSameLabels(Input input) throws Exception {
        ModelDirectory model = ModelDirectory.load(MODEL);
        assertSameRows(model, input, samples(model), 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    void inInt8ItGivesTheSameLabels(Input input) throws Exception {
        assertSameRows(converted(Precision.INT8), input, samples(ModelDirectory.load(MODEL)), 1e-3);
    }

    @ParameterizedTest
    @EnumSource
    void inFp16ItGivesTheSameLabels(Input input) throws Exception {
        assertSameRows(converted(Precision.FP16), input, samples(ModelDirectory.load(MODEL)), 1e-3);
    }

    @ParameterizedTest
    @EnumSource
    void anImportedNetworkGivesTheSameLabels(Input input) throws Exception {
        Path weights = SHARED.resolve("weights").resolve("resnet20-cifar10.safetensors");
        DebianTools.requireThat(Files.exists(weights), weights + " is missing");
        Path synset =
                Files.write(folder.resolve("synset.txt"), List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
        Path directory = folder.resolve("resnet20");
        execute("model", "import", weights.toString(), "--synset", synset.toString(), "--out", directory.toString());
        ModelDirectory model = ModelDirectory.load(directory);
        Path cifar = SHARED.resolve("cifar10");
        EvaluationSet images = EvaluationSet.read(
                cifar.resolve("test"), cifar.resolve("expected.tsv"), null, model, preprocessor(model));
        assertSameRows(model, input, images.spread(IMAGES), 1e-4);
    }

    private static ImagePreprocessor preprocessor(ModelDirectory model) {
        return new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
    }

    private static List<byte[]> samples(ModelDirectory model) throws Exception {
        return EvaluationSet.read(TestCluster.SAMPLES, model, preprocessor(model))
                .spread(IMAGES);
    }

    private ModelDirectory converted(Precision precision) throws Exception {
        ModelDirectory model = ModelDirectory.load(MODEL);
        Path directory = folder.resolve(precision.toString());
        return ModelQuantization.write(
                model, precision, EngineName.ONNXRUNTIME, samples(model), precision.toString(), null, directory);
    }

    private static void execute(String... words) {
        assertThat(Main.commandLine().execute(words)).isZero();
    }

    private void assertSameRows(ModelDirectory model, Input input, List<byte[]> images, double tolerance)
            throws Exception {
        assertThat(images).hasSize(IMAGES);
        Path file = folder.resolve("exported.onnx");
        String kind = input.name().toLowerCase(Locale.ROOT);
        execute(
                "model",
                "export",
                "--input",
                kind,
                "--out",
                file.toString(),
                model.directory().toString());
        List<float[]> found = inNode(file, model.description(), input, images);
        List<float[]> expected = rows(model, images);
        double farthest = 0;
        for (int image = 0; image < IMAGES; image++) {
            assertThat(argmax(found.get(image))).as("image %d", image).isEqualTo(argmax(expected.get(image)));
            for (int index = 0; index < expected.get(image).length; index++) {
                farthest = Math.max(farthest, Math.abs(found.get(image)[index] - expected.get(image)[index]));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s in %s, input %s: %d labels are the same, probabilities differ by %.1e at most%n",
                model.name(),
                model.description().precision(),
                kind,
                IMAGES,
                farthest);
        assertThat(farthest).isLessThan(tolerance);
    }

    private static int argmax(float[] row) {
        return ProbabilityRows.argmax(row, 0, row.length);
    }

    private static List<float[]> rows(ModelDirectory model, List<byte[]> images) {
        try (DeviceModel loaded = DeviceModel.load(EngineName.ONNXRUNTIME, model, ComputeDevice.CPU, 1, 8)) {
            List<float[]> rows = List.of(loaded.classifiers().get(0).classify(images));
            loaded.classifiers().forEach(Classifier::close);
            return rows;
        }
    }

    private List<float[]> inNode(Path network, ModelDescription description, Input input, List<byte[]> images)
            throws Exception {
        Path batch = folder.resolve("batch");
        String height = Integer.toString(description.inputHeight());
        String width = Integer.toString(description.inputWidth());
        List<String> command = new ArrayList<>(List.of(
                "node",
                "run.js",
                network.toAbsolutePath().toString(),
                batch.toAbsolutePath().toString()));
        if (input == Input.PIXELS) {
            ByteBuffer pixels = ByteBuffer.allocate(images.size() * images.get(0).length);
            images.forEach(pixels::put);
            Files.write(batch, pixels.array());
            command.addAll(List.of("uint8", Integer.toString(images.size()), height, width, "3"));
        } else {
            Files.write(batch, normalised(description, images));
            command.addAll(List.of("float32", Integer.toString(images.size()), "3", height, width));
        }
        DebianTools.Answer answer = DebianTools.run(PACKAGES, "", command.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        List<float[]> rows = new ArrayList<>();
        for (String line : answer.text().lines().toList()) {
            if (line.startsWith("[")) {
                rows.add(new ObjectMapper().readValue(line, float[].class));
            }
        }
        assertThat(rows).as(answer.text()).hasSize(images.size());
        return rows;
    }

    /** Returns float32 N×3×H×W, as the command's help describes it. */
    private static byte[] normalised(ModelDescription description, List<byte[]> images) {
        ByteBuffer values = ByteBuffer.allocate(images.size() * images.get(0).length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] image : images) {
            for (int plane = 0; plane < 3; plane++) {
                for (int pixel = plane; pixel < image.length; pixel += 3) {
                    double value = (image[pixel] & 0xff) / WHITE;
                    values.putFloat((float) ((value - description.mean().get(plane))
                            / description.std().get(plane)));
                }
            }
        }
        return values.array();
    }
}
