package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxWrapping.Images;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import io.resnetstreams.model.onnx.SmallNetworks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports the bundled network and imports it again. */
class OnnxImportTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");

    @TempDir
    private Path folder;

    private ModelDirectory model;
    private Path file;

    @BeforeEach
    void export() throws Exception {
        model = ModelDirectory.load(MODEL);
        file = folder.resolve("exported.onnx");
        model.onnx().withoutPixels().write(file);
    }

    private ModelDescription description() {
        ModelDescription before = model.description();
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                "imported",
                ModelDescription.OTHER,
                before.inputWidth(),
                before.inputHeight(),
                before.resizeShortEdge(),
                before.mean(),
                before.std(),
                before.topK(),
                Precision.FP32,
                null,
                null,
                null,
                Map.of());
    }

    private ModelDirectory imported(Layout layout) throws Exception {
        Path directory = folder.resolve("imported");
        OnnxImport.read(file).write(model.labels(), description(), layout, directory);
        return ModelDirectory.load(directory);
    }

    private static List<float[]> rows(ModelDirectory directory) {
        SplittableRandom random = new SplittableRandom(5);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            byte[] image = new byte[28 * 28 * 3];
            random.nextBytes(image);
            images.add(image);
        }
        try (DeviceModel loaded = DeviceModel.load(directory, 1, 8)) {
            float[][] rows = loaded.classifiers().get(0).classify(images);
            loaded.classifiers().forEach(Classifier::close);
            return List.of(rows);
        }
    }

    @Test
    void theImportedNetworkGivesTheSameProbabilities() throws Exception {
        ModelDirectory imported = imported(Layout.NCHW);
        assertThat(imported.isOnnx()).isTrue();
        assertThat(imported.engines()).containsExactly(EngineName.ONNXRUNTIME);
        assertThat(imported.labels()).isEqualTo(model.labels());
        List<float[]> expected = rows(model);
        List<float[]> found = rows(imported);
        for (int image = 0; image < expected.size(); image++) {
            assertThat(found.get(image)).containsExactly(expected.get(image), within(1e-5f));
        }
    }

    @Test
    void theImportedNetworkGivesTheSameEmbedding() throws Exception {
        List<float[]> expected = rows(model.withEmbedding());
        List<float[]> found = rows(imported(Layout.NCHW).withEmbedding());
        for (int image = 0; image < expected.size(); image++) {
            assertThat(found.get(image)).hasSize(10 + 64).containsExactly(expected.get(image), within(1e-4f));
        }
    }

    @Test
    void theSizeAndTheLayoutAreThoseOfTheInput() throws Exception {
        assertThat(OnnxImport.read(file).images()).isEqualTo(new Images(Layout.NCHW, 28, 28));
    }

    @Test
    void anotherNumberOfLabelsIsRefusedAndNothingIsWritten() throws Exception {
        Path directory = folder.resolve("imported");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() ->
                        OnnxImport.read(file).write(List.of("a", "b", "c"), description(), Layout.NCHW, directory))
                .withMessageStartingWith(file + ": has 10 classes in its last layer, but there are 3 labels");
        assertThat(directory).doesNotExist();
    }

    @Test
    void aNetworkThatMixesTheImagesOfABatchIsRefused() throws Exception {
        SmallNetworks.ofFirstImage(28).write(file);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> OnnxImport.read(file)
                        .write(List.of("a", "b", "c"), description(), Layout.NCHW, folder.resolve("imported")))
                .withMessage(
                        file + ": gives an image other results in a batch of two; export it with a batch of varying"
                                + " size");
    }

    @Test
    void theWrongLayoutIsRefusedInOneLine() {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> imported(Layout.NHWC))
                .withMessageStartingWith(file + ": ONNX Runtime can't run it: ")
                .satisfies(refused -> assertThat(refused.getMessage().lines()).hasSize(1));
    }

    @Test
    void aDirectoryWhoseNetworkWasChangedIsRefused() throws Exception {
        Path network = imported(Layout.NCHW).directory().resolve("imported.onnx");
        byte[] bytes = Files.readAllBytes(network);
        bytes[bytes.length / 2] ^= 1;
        Files.write(network, bytes);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> ModelDirectory.load(folder.resolve("imported")))
                .withMessageContaining("imported.onnx has SHA-256 ");
    }
}
