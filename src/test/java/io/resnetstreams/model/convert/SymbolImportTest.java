package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolGraph;
import io.resnetstreams.model.network.SymbolNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports a small network in the form that Gluon exports: its input is float planes, its output logits. */
class SymbolImportTest {
    private static final int SIDE = 6;
    private static final List<String> LABELS = List.of("cat", "dog", "frog");

    @TempDir
    private Path folder;

    private final FormulaWeights weights = new FormulaWeights(9);
    private Path symbolFile;
    private ResNetSymbol plain;

    @BeforeEach
    void export() throws IOException {
        export(LABELS.size());
    }

    private void export(int classes) throws IOException {
        SymbolGraph graph = new SymbolGraph();
        int x = graph.input("data");
        int weight = graph.parameter("conv0_weight", 4, 3, 3, 3);
        x = graph.operator(
                "Convolution", "conv0", Map.of("num_filter", "4", "kernel", "(3,3)", "no_bias", "True"), x, weight);
        int gamma = graph.parameter("bn0_gamma.weight", 4);
        int beta = graph.parameter("bn0_beta", 4);
        int mean = graph.parameter("bn0_moving_mean", ParameterShape.Kind.RUNNING, 4);
        int variance = graph.parameter("bn0_moving_var", ParameterShape.Kind.RUNNING, 4);
        x = graph.operator("BatchNorm", "bn0", Map.of("fix_gamma", "False"), x, gamma, beta, mean, variance);
        x = graph.operator("Pooling", "pool", Map.of("global_pool", "True", "pool_type", "avg", "kernel", "(1,1)"), x);
        x = graph.operator("Flatten", "flatten", Map.of(), x);
        int dense = graph.parameter("dense_weight", classes, 4);
        int bias = graph.parameter("dense_bias", classes);
        x = graph.operator("FullyConnected", "dense", Map.of("num_hidden", Integer.toString(classes)), x, dense, bias);
        plain = new ResNetSymbol(graph.toJson(x), graph.parameters());
        symbolFile = Files.writeString(folder.resolve("zoo-symbol.json"), plain.json());
        ParametersFile.write(folder.resolve("zoo-0000.params"), graph.parameters(), this::values);
    }

    private float[] values(ParameterShape parameter) {
        float[] values = weights.values(parameter);
        for (int i = 0; i < values.length && parameter.name().endsWith("_var"); i++) {
            values[i] = 0.5f + Math.abs(values[i]);
        }
        return values;
    }

    private static ModelDescription description(String name) {
        return new ModelDescription(
                1,
                name,
                ModelDescription.OTHER,
                SIDE,
                SIDE,
                0,
                List.of(0.485, 0.456, 0.406),
                List.of(0.229, 0.224, 0.225),
                2,
                Precision.FP32,
                null,
                null,
                null,
                Map.of());
    }

    private ModelDirectory imported() throws Exception {
        SymbolImport.run(symbolFile, LABELS, description("zoo"), folder.resolve("model"));
        return ModelDirectory.load(folder.resolve("model"));
    }

    @Test
    void probabilitiesAreThoseOfTheNetworkOnNormalisedPlanes() throws Exception {
        assertProbabilities(imported());
    }

    /**
     * Rewrites the symbol to the format of MXNet 0.8: attributes are called param (or attr, if they are not the
     * operator's), references have two numbers, running statistics have no nodes, and there is no version.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void symbolsOfMxnetBefore09AreUpgraded(boolean trainingHead) throws Exception {
        ObjectMapper json = new ObjectMapper();
        JsonNode graph = json.readTree(plain.json());
        ArrayNode nodes = json.createArrayNode();
        int[] renumbered = new int[graph.get("nodes").size()];
        for (int number = 0; number < renumbered.length; number++) {
            ObjectNode node = graph.get("nodes").get(number).deepCopy();
            renumbered[number] = nodes.size();
            if (node.get("name").asText().contains("moving_")) {
                continue;
            }
            ArrayNode inputs = json.createArrayNode();
            for (JsonNode input : node.get("inputs")) {
                int read = input.get(0).asInt();
                if (!graph.get("nodes").get(read).get("name").asText().contains("moving_")) {
                    inputs.addArray().add(renumbered[read]).add(0);
                }
            }
            node.set("inputs", inputs);
            JsonNode attributes = node.remove("attrs");
            node.set("param", attributes == null || attributes.has("__shape__") ? json.createObjectNode() : attributes);
            node.putObject("attr").put("lr_mult", "1.0");
            nodes.add(node.put("backward_source_id", -1));
        }
        if (trainingHead) {
            ObjectNode label = nodes.addObject().put("op", "null").put("name", "softmax_label");
            label.putObject("param");
            label.putArray("inputs");
            ObjectNode head = nodes.addObject().put("op", "SoftmaxOutput").put("name", "softmax");
            head.putObject("param").put("grad_scale", "1").put("multi_output", "False");
            head.putArray("inputs").addArray().add(nodes.size() - 3).add(0);
            ((ArrayNode) head.get("inputs")).addArray().add(nodes.size() - 2).add(0);
        }
        ObjectNode old = json.createObjectNode();
        old.set("nodes", nodes);
        old.putArray("arg_nodes").add(0);
        old.putArray("heads").addArray().add(nodes.size() - 1).add(0);
        Files.writeString(symbolFile, old.toString());
        assertProbabilities(imported());
    }

    private void assertProbabilities(ModelDirectory model) throws Exception {
        byte[] pixels = new byte[SIDE * SIDE * 3];
        new SplittableRandom(1).nextBytes(pixels);
        float[] planes = new float[pixels.length];
        double[] mean = {0.485, 0.456, 0.406};
        double[] std = {0.229, 0.224, 0.225};
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
            for (int channel = 0; channel < 3; channel++) {
                double level = (pixels[pixel * 3 + channel] & 0xFF) / 255.0;
                planes[channel * SIDE * SIDE + pixel] = (float) ((level - mean[channel]) / std[channel]);
            }
        }
        float[] expected;
        try (SymbolNetwork network = new SymbolNetwork(plain, this::values);
                NDManager scope = network.manager().newSubManager()) {
            NDArray logits = network.forward(scope.create(planes, new Shape(1, 3, SIDE, SIDE)), false, scope);
            expected = logits.softmax(1).toFloatArray();
        }
        Network imported = model.network();
        try (SymbolNetwork network = new SymbolNetwork(imported.symbol(), imported::valuesOf);
                NDManager scope = network.manager().newSubManager()) {
            NDArray image = scope.create(ByteBuffer.wrap(pixels), new Shape(1, SIDE, SIDE, 3), DataType.UINT8);
            assertThat(network.forward(image, false, scope).toFloatArray()).containsExactly(expected, within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEmbeddingIsTheInputOfTheDenseLayer(EngineName engine) throws Exception {
        byte[] pixels = new byte[SIDE * SIDE * 3];
        new SplittableRandom(2).nextBytes(pixels);
        float[] row;
        try (DeviceModel loaded = DeviceModel.load(engine, imported().withEmbedding(), ComputeDevice.CPU, 1, 1);
                Classifier classifier = loaded.classifiers().get(0)) {
            row = classifier.classify(List.of(pixels))[0];
        }
        int classes = LABELS.size();
        assertThat(row).hasSize(classes + 4);
        float[] dense = values(plain.parameters().get("dense_weight"));
        float[] bias = values(plain.parameters().get("dense_bias"));
        double[] exponentials = new double[classes];
        for (int c = 0; c < classes; c++) {
            double logit = bias[c];
            for (int i = 0; i < 4; i++) {
                logit += dense[c * 4 + i] * row[classes + i];
            }
            exponentials[c] = Math.exp(logit);
        }
        double sum = Arrays.stream(exponentials).sum();
        for (int c = 0; c < classes; c++) {
            assertThat((double) row[c]).isCloseTo(exponentials[c] / sum, within(1e-5));
        }
    }

    @Test
    void parametersAreCountedWithoutTheInputsConstants() throws Exception {
        assertThat(imported().trainableParameters()).isEqualTo(4 * 27 + 4 + 4 + 12 + 3);
    }

    @Test
    void missingParametersAreNamed() throws IOException {
        Files.delete(folder.resolve("zoo-0000.params"));
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContaining("zoo-0000.params is missing");
    }

    @Test
    void aParameterThatIsNotStoredIsFound() throws IOException {
        Map<String, ParameterShape> fewer = new java.util.LinkedHashMap<>(plain.parameters());
        fewer.remove("dense_bias");
        ParametersFile.write(folder.resolve("zoo-0000.params"), fewer, this::values);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContaining("'dense'");
    }

    @Test
    void anotherNumberOfLabelsIsRefused() {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SymbolImport.run(
                        symbolFile, List.of("cat", "dog"), description("zoo"), folder.resolve("model")))
                .withMessageContaining("has 3 classes in its last layer, but there are 2 labels");
        assertThat(folder.resolve("model")).doesNotExist();
    }

    @Test
    void theNumberOfNodesIsLimited() throws IOException {
        String node = "{\"op\":\"null\",\"name\":\"n\",\"inputs\":[]},";
        Files.writeString(
                symbolFile,
                "{\"nodes\":[" + node.repeat(100_000) + node.substring(0, node.length() - 1)
                        + "],\"heads\":[[0,0,0]]}");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessage(symbolFile + ": has 100001 nodes; at most 100000 are read");
    }

    @Test
    void aSymbolOfMillionsOfNumbersIsRefused() throws IOException {
        Files.writeString(symbolFile, "{\"nodes\":[" + "0,".repeat(5_000_000) + "0],\"heads\":[[0,0,0]]}");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageStartingWith(symbolFile + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "'version https://git-lfs.github.com/spec/v1', git lfs pull",
        "'<!doctype html><title>Sign in</title>', a web page",
        "'\u001f\u008b\b', gunzip"
    })
    void foreignFilesAreNamed(String content, String words) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        Files.write(folder.resolve("zoo-0000.params"), bytes);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContainingAll("zoo-0000.params: is not", words);
        Files.write(symbolFile, bytes);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContaining(words);
    }

    @Test
    void compressedParametersAreNamed() throws IOException {
        Files.move(folder.resolve("zoo-0000.params"), folder.resolve("zoo-0000.params.gz"));
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContaining(
                        "zoo-0000.params is missing in the same folder; zoo-0000.params.gz must be unpacked first");
    }

    @Test
    void aNegativeVarianceIsNamed() throws IOException {
        ParametersFile.write(folder.resolve("zoo-0000.params"), plain.parameters(), parameter -> {
            float[] values = values(parameter);
            values[1] = parameter.name().equals("bn0_moving_var") ? -1 : values[1];
            return values;
        });
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContainingAll("zoo-0000.params: tensor 'bn0_moving_var' has the value -1.0 at [1]");
    }

    @Test
    void aNetworkOfOneClassIsRefused() throws IOException {
        export(1);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(
                        () -> SymbolImport.run(symbolFile, List.of("cat"), description("zoo"), folder.resolve("model")))
                .withMessageContaining("always 1");
    }

    /** The engine would allocate memory for a billion parameters. */
    @Test
    void parametersThatClaimMoreThanTheyHoldAreRefused() throws IOException {
        Path file = folder.resolve("zoo-0000.params");
        byte[] bytes = Files.readAllBytes(file);
        bytes[19] = 0x40;
        Files.write(file, bytes);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(this::imported)
                .withMessageContaining("parameters; allowed are 0 to 100000");
    }
}
