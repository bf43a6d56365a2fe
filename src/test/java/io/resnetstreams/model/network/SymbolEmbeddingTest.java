package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.resnetstreams.model.ModelDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToIntBiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks of a pooling and a dense layer. {@code EmbeddingTest} compares whole networks on both engines. */
class SymbolEmbeddingTest {
    private static final int SIDE = 4;
    private static final int PLANES = 3;
    private static final int CLASSES = 2;
    private static final int IMAGES = 3;
    private static final Normalisation NORMALISATION =
            new Normalisation(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.3, 0.4));

    /** Operators behind the pooling; returns the head. */
    private interface Part extends ToIntBiFunction<SymbolGraph, Integer> {}

    private static Network network(Part part) {
        SymbolGraph graph = new SymbolGraph();
        int x = ResNetSymbol.normalise(graph);
        x = graph.operator("Pooling", "pool", Map.of("global_pool", "True", "pool_type", "avg", "kernel", "(1,1)"), x);
        x = part.applyAsInt(graph, x);
        ResNetSymbol symbol = new ResNetSymbol(graph.toJson(x), graph.parameters());
        SplittableRandom random = new SplittableRandom(3);
        Map<String, float[]> values = new HashMap<>();
        symbol.parameters().forEach((name, shape) -> {
            float[] array = new float[shape.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = (float) random.nextDouble(-1, 1);
            }
            values.put(
                    name,
                    shape.kind() == ParameterShape.Kind.CONSTANT ? ResNetSymbol.constant(shape, NORMALISATION) : array);
        });
        return new Network(symbol, values);
    }

    private static int dense(SymbolGraph graph, int x) {
        int weight = graph.parameter("fc.weight", CLASSES, PLANES);
        return graph.operator(
                "FullyConnected", "fc", Map.of("num_hidden", Integer.toString(CLASSES), "no_bias", "True"), x, weight);
    }

    private static int softmax(SymbolGraph graph, int x) {
        return graph.operator("softmax", "probabilities", Map.of("axis", "1"), x);
    }

    static Stream<Arguments> parts() {
        return Stream.of(
                Arguments.of("a dense layer of planes", (Part) (graph, x) -> softmax(graph, dense(graph, x))),
                Arguments.of("a dense layer of values, and operators that do nothing", (Part) (graph, x) -> {
                    int flat = graph.operator("Flatten", "flat", Map.of(), x);
                    int same = graph.operator("Dropout", "dropout", Map.of("p", "0.5"), dense(graph, flat));
                    return softmax(graph, graph.operator("_copy", "copy", Map.of(), same));
                }),
                Arguments.of("names that the addition has too", (Part) (graph, x) -> {
                    int flat = graph.operator("Flatten", "embedding", Map.of(), x);
                    return graph.operator("softmax", "row", Map.of("axis", "1"), dense(graph, flat));
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void theEmbeddingIsTheInputOfTheDenseLayer(String name, Part part) {
        Network network = network(part);
        SymbolEmbedding embedding = SymbolEmbedding.of(network);
        assertThat(embedding.length()).isEqualTo(PLANES);
        byte[] pixels = new byte[IMAGES * SIDE * SIDE * PLANES];
        new SplittableRandom(4).nextBytes(pixels);
        float[] values;
        Network added = embedding.network();
        try (SymbolNetwork loaded = new SymbolNetwork(added.symbol(), added::valuesOf);
                NDManager scope = loaded.manager().newSubManager()) {
            NDArray images =
                    scope.create(ByteBuffer.wrap(pixels), new Shape(IMAGES, SIDE, SIDE, PLANES), DataType.UINT8);
            NDArray rows = loaded.forward(images, false, scope);
            assertThat(rows.getShape()).isEqualTo(new Shape(IMAGES, CLASSES + PLANES));
            values = rows.toFloatArray();
        }
        float[] weights = network.values().get("fc.weight");
        for (int image = 0; image < IMAGES; image++) {
            int row = image * (CLASSES + PLANES);
            double difference = 0;
            for (int plane = 0; plane < PLANES; plane++) {
                double mean = 0;
                for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                    mean += (pixels[(image * SIDE * SIDE + pixel) * PLANES + plane] & 0xFF) / (double) (SIDE * SIDE);
                }
                double expected =
                        (mean - NORMALISATION.offset()[plane]) * NORMALISATION.scale()[plane];
                assertThat((double) values[row + CLASSES + plane]).isCloseTo(expected, within(1e-5));
                difference += (weights[PLANES + plane] - weights[plane]) * expected;
            }
            assertThat((double) values[row]).isCloseTo(1 / (1 + Math.exp(difference)), within(1e-5));
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(
                        "no dense layer",
                        (Part) (graph, x) -> softmax(graph, graph.operator("Flatten", "flat", Map.of(), x)),
                        "its classes are the output of the operator Pooling 'pool', not of FullyConnected"),
                Arguments.of(
                        "an activation behind it",
                        (Part) (graph, x) -> softmax(
                                graph,
                                graph.operator("Activation", "relu", Map.of("act_type", "relu"), dense(graph, x))),
                        "its classes are the output of the operator Activation 'relu', not of FullyConnected"),
                Arguments.of(
                        "weights that the image determines",
                        (Part) (graph, x) -> graph.operator("FullyConnected", "fc", Map.of("num_hidden", "2"), x, x),
                        "the weights of 'fc', its fully connected layer, are not stored but computed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void networksWithoutItAreRefused(String name, Part part, String message) {
        Network network = network(part);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SymbolEmbedding.of(network))
                .withMessage(message);
    }

    /** No engine has run a graph of a directory whose {@code model.json} was written by hand. */
    @Test
    void aCircleIsRefused() {
        Network network = network((graph, x) -> softmax(graph, dense(graph, x)));
        SymbolNodes nodes = SymbolNodes.of(network.symbol().json());
        ((ArrayNode) nodes.inputs(nodes.head()).get(0)).set(0, nodes.head());
        Network circle = new Network(network.symbol().withGraph(nodes.graph().toString()), network.values());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SymbolEmbedding.of(circle))
                .withMessage(
                        "its classes are the output of the operator softmax 'probabilities', not of FullyConnected");
    }

    /** In the int8 form for MXNet it is a subgraph, with which an activation could be fused. */
    @Test
    void aDenseLayerWithAFusedActivationIsRefused() throws Exception {
        Network network = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist-int8"))
                .network();
        assertThat(SymbolEmbedding.of(network).length()).isEqualTo(64);
        String fused =
                network.symbol().json().replaceFirst("(\"op\": )\"null\"(,\\s+\"name\": \"fc.bias0\")", "$1\"relu\"$2");
        assertThat(fused).isNotEqualTo(network.symbol().json());
        Network other = new Network(network.symbol().withGraph(fused), network.values());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SymbolEmbedding.of(other))
                .withMessageStartingWith("its classes are the output of the operator _sg_mkldnn_fully_connected '");
    }
}
