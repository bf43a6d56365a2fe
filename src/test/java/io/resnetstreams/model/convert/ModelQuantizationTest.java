package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.mxnet.jna.JnaUtils;
import ai.djl.mxnet.jna.LibUtils;
import ai.djl.mxnet.jna.MxnetLibrary;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.jna.ptr.PointerByReference;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolEmbedding;
import io.resnetstreams.model.network.SymbolNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Converts the bundled model to lower precisions, with its own sample images. */
class ModelQuantizationTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The codes of types in MXNet (3rdparty/mshadow/mshadow/base.h). */
    private static final int FLOAT32 = 0;

    private static final int FLOAT16 = 2;
    private static final int UINT8 = 3;
    private static final int BFLOAT16 = 12;

    @TempDir
    private Path folder;

    private static List<byte[]> images(int count) {
        SplittableRandom random = new SplittableRandom(5);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] image = new byte[28 * 28 * 3];
            random.nextBytes(image);
            images.add(image);
        }
        return images;
    }

    private ModelDirectory written(Precision precision) throws Exception {
        return ModelQuantization.write(
                ModelDirectory.load(MODEL),
                precision,
                EngineName.MXNET,
                images(16),
                "lower",
                null,
                folder.resolve(precision.toString()));
    }

    private static float[] probabilities(ResNetSymbol symbol, ModelDirectory values) throws IOException {
        Map<String, float[]> stored = values.network().values();
        Function<ParameterShape, float[]> lookup = parameter -> stored.get(parameter.name());
        List<byte[]> images = images(8);
        try (SymbolNetwork network = new SymbolNetwork(symbol, lookup);
                NDManager scope = network.manager().newSubManager()) {
            ByteBuffer pixels = ByteBuffer.allocateDirect(images.size() * images.get(0).length);
            images.forEach(pixels::put);
            NDArray batch = scope.create(pixels.flip(), new Shape(images.size(), 28, 28, 3), DataType.UINT8);
            return network.forward(batch, false, scope).toFloatArray();
        }
    }

    @Test
    void int8IsCloseToFp32() throws Exception {
        ModelDirectory before = ModelDirectory.load(MODEL);
        ModelDirectory after = written(Precision.INT8);
        assertThat(after.description().precision()).isEqualTo(Precision.INT8);
        assertThat(after.labels()).isEqualTo(before.labels());
        assertThat(after.trainableParameters()).isEqualTo(before.trainableParameters());
        // The model was not trained on noise, so the probabilities of noise are more sensitive.
        assertThat(probabilities(after.network().symbol(), after))
                .containsExactly(probabilities(before.network().symbol(), before), within(0.15f));
    }

    @Test
    void int8ConvolutionsHaveCalibratedRanges() throws Exception {
        JsonNode graph =
                JSON.readTree(written(Precision.INT8).network().symbol().json());
        int convolutions = 0;
        for (JsonNode node : graph.get("nodes")) {
            if (node.get("op").asText().equals("_sg_mkldnn_conv")) {
                convolutions++;
                assertThat(node.get("attrs").path("quantized").asText()).matches("[Tt]rue");
                assertThat(node.get("attrs").has("min_calib_range"))
                        .as("%s", node.get("name"))
                        .isTrue();
            }
        }
        // There are 19 convolutions of 3×3 and two projections.
        assertThat(convolutions).isEqualTo(21);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void allOperatorsBetweenInputAndSoftmaxHaveTheType(Precision precision) throws Exception {
        int expected = precision == Precision.FP16 ? FLOAT16 : BFLOAT16;
        Map<String, Integer> types = outputTypes(written(precision).network().symbol());
        assertThat(types).containsEntry("input.normalised", FLOAT32).containsEntry("probabilities", FLOAT32);
        for (String layer :
                List.of("conv1", "relu", "layer1.0.conv1", "layer2.0.add", "layer3.2.relu", "avgpool", "fc")) {
            assertThat(types).as(layer).containsEntry(layer, expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void theEmbeddingIsFp32(Precision precision) throws Exception {
        Map<String, Integer> types = outputTypes(
                SymbolEmbedding.of(written(precision).network()).network().symbol());
        assertThat(types)
                .containsEntry("flatten", precision == Precision.FP16 ? FLOAT16 : BFLOAT16)
                .containsEntry("resnet-streams.embedding", FLOAT32)
                .containsEntry("resnet-streams.row", FLOAT32);
    }

    /**
     * MXNet has no fp16 convolution on CPUs. So convolutions and the dense layer compute in fp32 here, with inputs,
     * weights and results in fp16; this is like a GPU, which accumulates in fp32. The other operators run in fp16.
     */
    @Test
    void fp16IsCloseToFp32() throws Exception {
        ModelDirectory before = ModelDirectory.load(MODEL);
        ModelDirectory after = written(Precision.FP16);
        ResNetSymbol reduced = after.network().symbol();
        float[] found =
                probabilities(new ResNetSymbol(withConvolutionsInFp32(reduced.json()), reduced.parameters()), after);
        assertThat(found).isNotEqualTo(probabilities(before.network().symbol(), before));
        assertThat(found).containsExactly(probabilities(before.network().symbol(), before), within(1e-2f));
    }

    @Test
    void onlyFp32CanBeLowered() throws Exception {
        ModelDirectory int8 = written(Precision.INT8);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ModelQuantization.write(
                        int8, Precision.BF16, EngineName.MXNET, List.of(), "again", null, folder.resolve("again")))
                .withMessageContaining("is in int8; only models in fp32");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> written(Precision.FP32))
                .withMessageContaining("the model has this precision already");
    }

    @Test
    void int8NeedsSamples() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ModelQuantization.write(
                        ModelDirectory.load(MODEL),
                        Precision.INT8,
                        EngineName.MXNET,
                        List.of(),
                        "x",
                        null,
                        folder.resolve("x")))
                .withMessageContaining("needs sample images");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    /** Returns the type of each operator's first output, as the engine infers it for uint8 images. */
    private static Map<String, Integer> outputTypes(ResNetSymbol network) throws IOException {
        ObjectNode graph = (ObjectNode) JSON.readTree(network.json());
        List<String> names = new ArrayList<>();
        ArrayNode heads = graph.putArray("heads");
        for (int node = 0; node < graph.get("nodes").size(); node++) {
            if (!graph.get("nodes").get(node).get("op").asText().equals("null")) {
                names.add(graph.get("nodes").get(node).get("name").asText());
                heads.addArray().add(node).add(0).add(0);
            }
        }
        List<String> inputs = new ArrayList<>(network.parameters().keySet());
        inputs.add(ResNetSymbol.INPUT);
        int[] inputTypes = new int[inputs.size()];
        inputTypes[inputs.size() - 1] = UINT8;
        MxnetLibrary library = LibUtils.loadLibrary();
        PointerByReference symbol = new PointerByReference();
        JnaUtils.checkCall(library.MXSymbolCreateFromJSON(graph.toString(), symbol));
        IntBuffer[] counts = {IntBuffer.allocate(1), IntBuffer.allocate(1), IntBuffer.allocate(1), IntBuffer.allocate(1)
        };
        PointerByReference outputs = new PointerByReference();
        JnaUtils.checkCall(library.MXSymbolInferType(
                symbol.getValue(),
                inputs.size(),
                inputs.toArray(String[]::new),
                inputTypes,
                counts[0],
                new PointerByReference(),
                counts[1],
                outputs,
                counts[2],
                new PointerByReference(),
                counts[3]));
        assertThat(counts[3].get(0)).as("the types of all outputs are inferred").isEqualTo(1);
        int[] types = outputs.getValue().getIntArray(0, counts[1].get(0));
        library.MXSymbolFree(symbol.getValue());
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), types[i]);
        }
        return byName;
    }

    private static String withConvolutionsInFp32(String json) throws IOException {
        JsonNode source = JSON.readTree(json);
        ArrayNode nodes = JSON.createArrayNode();
        Map<Integer, Integer> renumbered = new HashMap<>();
        for (int node = 0; node < source.get("nodes").size(); node++) {
            ObjectNode copy = source.get("nodes").get(node).deepCopy();
            boolean weighted = copy.get("op").asText().matches("Convolution|FullyConnected");
            for (JsonNode input : copy.get("inputs")) {
                int number = renumbered.get(input.get(0).asInt());
                ((ArrayNode) input).set(0, weighted ? cast(nodes, number, "float32") : number);
            }
            nodes.add(copy);
            renumbered.put(node, weighted ? cast(nodes, nodes.size() - 1, "float16") : nodes.size() - 1);
        }
        ObjectNode graph = source.deepCopy();
        graph.set("nodes", nodes);
        ArrayNode arguments = graph.putArray("arg_nodes");
        ArrayNode rows = graph.putArray("node_row_ptr");
        for (int node = 0; node <= nodes.size(); node++) {
            rows.add(node);
            if (node < nodes.size() && nodes.get(node).get("op").asText().equals("null")) {
                arguments.add(node);
            }
        }
        int head = renumbered.get(source.get("heads").get(0).get(0).asInt());
        graph.putArray("heads").addArray().add(head).add(0).add(0);
        return graph.toString();
    }

    private static int cast(ArrayNode nodes, int input, String type) {
        ObjectNode node = nodes.addObject();
        node.put("op", "amp_cast").put("name", "cast" + nodes.size());
        node.putObject("attrs").put("dtype", type);
        node.putArray("inputs").addArray().add(input).add(0).add(0);
        return nodes.size() - 1;
    }

    @Test
    void theShippedInt8ModelIsMadeOfTheBundledOne() throws Exception {
        ModelDirectory int8 = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist-int8"));
        assertThat(int8.description().precision()).isEqualTo(Precision.INT8);
        assertThat(int8.directory().resolve(int8.name() + "-0000.params"))
                .hasSameBinaryContentAs(MODEL.resolve("resnet20-fashion-mnist-0000.params"));
    }
}
