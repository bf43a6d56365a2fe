package io.resnetstreams.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ParameterShape.Kind;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolGraph;
import io.resnetstreams.model.network.SymbolNetwork;
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

/** Compares converted graphs with MXNet. ResNetParityTest compares whole networks with other libraries. */
class OnnxConversionTest {
    private static final int SIDE = 13;
    private static final int CLASSES = 5;
    private static final int IMAGES = 3;
    private static final int PLANES = 4;
    private static final Normalisation NORMALISATION =
            new Normalisation(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.3, 0.4));

    /** Operators between the first convolution and the dense layer. */
    private interface Part extends ToIntBiFunction<SymbolGraph, Integer> {}

    private static Network network(Part part) {
        SymbolGraph graph = new SymbolGraph();
        int x = ResNetSymbol.normalise(graph);
        x = convolution(graph, "first", x, 3, Map.of("kernel", "(3,3)", "pad", "(1,1)"));
        x = part.applyAsInt(graph, x);
        x = graph.operator("Pooling", "pool", Map.of("global_pool", "True", "pool_type", "avg", "kernel", "(1,1)"), x);
        x = graph.operator("Flatten", "flat", Map.of(), x);
        int weight = graph.parameter("fc.weight", CLASSES, PLANES);
        int bias = graph.parameter("fc.bias", CLASSES);
        x = graph.operator("FullyConnected", "fc", Map.of("num_hidden", Integer.toString(CLASSES)), x, weight, bias);
        x = graph.operator("softmax", "out", Map.of("axis", "1"), x);
        ResNetSymbol symbol = new ResNetSymbol(graph.toJson(x), graph.parameters());
        SplittableRandom random = new SplittableRandom(7);
        Map<String, float[]> values = new HashMap<>();
        symbol.parameters().forEach((name, shape) -> {
            float[] array = new float[shape.size()];
            for (int i = 0; i < array.length; i++) {
                double value = random.nextDouble() - 0.4;
                array[i] = (float) (name.endsWith("running_var") ? Math.abs(value) + 0.1 : value);
            }
            values.put(name, shape.kind() == Kind.CONSTANT ? ResNetSymbol.constant(shape, NORMALISATION) : array);
        });
        return new Network(symbol, values);
    }

    private static int convolution(SymbolGraph graph, String name, int x, int in, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("num_filter", Integer.toString(PLANES));
        all.put("no_bias", "True");
        int groups = Integer.parseInt(attributes.getOrDefault("num_group", "1"));
        int kernel = attributes.get("kernel").charAt(1) - '0';
        int weight = graph.parameter(name + ".weight", PLANES, in / groups, kernel, kernel);
        return graph.operator("Convolution", name, all, x, weight);
    }

    private static int batchNorm(SymbolGraph graph, String name, int x, Map<String, String> attributes) {
        int gamma = graph.parameter(name + ".weight", PLANES);
        int beta = graph.parameter(name + ".bias", PLANES);
        int mean = graph.parameter(name + ".running_mean", Kind.RUNNING, PLANES);
        int variance = graph.parameter(name + ".running_var", Kind.RUNNING, PLANES);
        return graph.operator("BatchNorm", name, attributes, x, gamma, beta, mean, variance);
    }

    private static Part one(String operator, Map<String, String> attributes) {
        return (graph, x) -> graph.operator(operator, "part", attributes, x);
    }

    private static Arguments part(String name, Part part) {
        return Arguments.of(name, part);
    }

    static Stream<Arguments> parts() {
        return Stream.of(
                part("relu", one("Activation", Map.of("act_type", "relu"))),
                part("sigmoid", one("Activation", Map.of("act_type", "sigmoid"))),
                part("tanh", one("Activation", Map.of("act_type", "tanh"))),
                part("softrelu", one("Activation", Map.of("act_type", "softrelu"))),
                part("relu6", one("clip", Map.of("a_min", "0", "a_max", "0.3"))),
                part("dropout", one("Dropout", Map.of("p", "0.5"))),
                part("max pooling", one("Pooling", Map.of("kernel", "(3,3)", "stride", "(2,2)", "pad", "(1,1)"))),
                part(
                        "max pooling, full",
                        one("Pooling", Map.of("kernel", "(2,2)", "stride", "(2,2)", "pooling_convention", "full"))),
                part(
                        "average pooling that counts padding",
                        one(
                                "Pooling",
                                Map.of("pool_type", "avg", "kernel", "(3,3)", "stride", "(2,2)", "pad", "(1,1)"))),
                part(
                        "average pooling that does not",
                        one(
                                "Pooling",
                                Map.of(
                                        "pool_type",
                                        "avg",
                                        "kernel",
                                        "(3,3)",
                                        "stride",
                                        "(2,2)",
                                        "pad",
                                        "(1,1)",
                                        "count_include_pad",
                                        "False"))),
                part("global max pooling", one("Pooling", Map.of("global_pool", "True", "kernel", "(1,1)"))),
                part(
                        "dilated convolution in groups",
                        (graph, x) -> convolution(
                                graph,
                                "part",
                                x,
                                PLANES,
                                Map.of(
                                        "kernel",
                                        "(3,3)",
                                        "pad",
                                        "(2,2)",
                                        "dilate",
                                        "(2,2)",
                                        "stride",
                                        "(2,2)",
                                        "num_group",
                                        "2"))),
                part("folded normalisation", (graph, x) -> batchNorm(graph, "part", x, Map.of("fix_gamma", "False"))),
                part(
                        "fixed gamma",
                        (graph, x) -> batchNorm(
                                graph,
                                "part",
                                graph.operator("Activation", "a", Map.of("act_type", "relu"), x),
                                Map.of())),
                part(
                        "normalisation that can't be folded",
                        (graph, x) -> batchNorm(
                                graph,
                                "part",
                                graph.operator("Activation", "a", Map.of("act_type", "relu"), x),
                                Map.of("fix_gamma", "False", "eps", "1e-05"))),
                part("gate", (graph, x) -> {
                    int pooled = graph.operator(
                            "Pooling", "g", Map.of("global_pool", "True", "pool_type", "avg", "kernel", "(1,1)"), x);
                    int gate = graph.operator("Activation", "s", Map.of("act_type", "sigmoid"), pooled);
                    return graph.operator("broadcast_mul", "part", Map.of(), x, gate);
                }),
                part("concatenation", (graph, x) -> {
                    int both = graph.operator("Concat", "c", Map.of("dim", "1", "num_args", "2"), x, x);
                    return convolution(graph, "part", both, 2 * PLANES, Map.of("kernel", "(1,1)"));
                }),
                part("sum", (graph, x) -> graph.operator("elemwise_add", "part", Map.of(), x, x)));
    }

    private static byte[] pixels() {
        byte[] pixels = new byte[IMAGES * SIDE * SIDE * 3];
        new SplittableRandom(3).nextBytes(pixels);
        return pixels;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static float[] byMxNet(Network network) {
        try (SymbolNetwork loaded = new SymbolNetwork(network.symbol(), network::valuesOf);
                NDManager scope = loaded.manager().newSubManager()) {
            return loaded.forward(
                            scope.create(direct(pixels()), new Shape(IMAGES, SIDE, SIDE, 3), DataType.UINT8),
                            false,
                            scope)
                    .toFloatArray();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void eachOperatorComputesTheSame(String name, Part part) throws Exception {
        float[] expected = byMxNet(network(part));
        try (OnnxSession session = OnnxSession.load(OnnxConversion.convert(network(part), SIDE, SIDE))) {
            OnnxSession.Output found =
                    session.run(direct(pixels()), true, IMAGES, SIDE, SIDE, 3).get(0);
            assertThat(found.shape()).containsExactly(IMAGES, CLASSES);
            assertThat(found.values()).containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void theNetworkWithoutPixelsReadsNormalisedPlanes() throws Exception {
        Network network = network(one("Activation", Map.of("act_type", "relu")));
        float[] expected = byMxNet(network);
        byte[] pixels = pixels();
        java.nio.FloatBuffer planes = java.nio.FloatBuffer.allocate(pixels.length);
        int area = SIDE * SIDE;
        for (int image = 0; image < IMAGES; image++) {
            for (int channel = 0; channel < 3; channel++) {
                for (int i = 0; i < area; i++) {
                    double value = (pixels[(image * area + i) * 3 + channel] & 0xff) / 255.0;
                    planes.put((float) ((value - NORMALISATION.mean().get(channel))
                            / NORMALISATION.std().get(channel)));
                }
            }
        }
        OnnxModel plain = OnnxConversion.convert(network, SIDE, SIDE).withoutPixels();
        try (OnnxSession session = OnnxSession.load(plain)) {
            float[] found = session.run(planes.flip(), false, IMAGES, 3, SIDE, SIDE)
                    .get(0)
                    .values();
            assertThat(found).containsExactly(expected, within(1e-5f));
        }
    }

    /** Otherwise ONNX Runtime calls its kernels once a pixel. */
    @Test
    void pixelsAreNormalisedByRows() {
        Network network = network(one("Activation", Map.of("act_type", "relu")));
        Map<String, List<Long>> shapes = new HashMap<>();
        OnnxConversion.convert(network, SIDE, SIDE)
                .proto()
                .getGraph()
                .getInitializerList()
                .forEach(tensor -> shapes.put(tensor.getName(), tensor.getDimsList()));
        assertThat(shapes.get("resnet-streams.offset")).containsExactly(SIDE * 3L);
        assertThat(shapes.get("resnet-streams.scale")).containsExactly(SIDE * 3L);
    }

    /** As releases before normalised pixels. */
    @Test
    void theNetworkWithoutPixelsIsFoundWithoutRows() {
        for (boolean planes : new boolean[] {false, true}) {
            OnnxGraph graph = new OnnxGraph(null);
            graph.input("data", OnnxGraph.Type.UINT8, "N", SIDE, SIDE, 3);
            graph.floats("offset", new int[] {1}, new float[] {1});
            String x = graph.node("Cast", "float", Map.of("to", OnnxGraph.Type.FLOAT.number()), "data");
            if (planes) {
                x = graph.node("Transpose", "planes", Map.of("perm", new int[] {0, 3, 1, 2}), x);
            }
            x = graph.node("Sub", "centred", Map.of(), x, "offset");
            x = graph.node("Mul", "normalised", Map.of(), x, "offset");
            // The network's own.
            x = graph.node("Transpose", "own", Map.of("perm", new int[] {0, 2, 3, 1}), x);
            graph.output(graph.node("Relu", "relu", Map.of(), x), OnnxGraph.Type.FLOAT, "N", "classes");
            assertThat(graph.build("network").withoutPixels().proto().getGraph().getNodeList())
                    .extracting(node -> node.getOpType())
                    .containsExactly("Transpose", "Relu");
        }
    }

    @Test
    void aTranspositionOfTheNetworkItselfIsKept() throws Exception {
        OnnxGraph graph = new OnnxGraph(null);
        graph.input("own.pixels", OnnxGraph.Type.FLOAT, 1, SIDE, SIDE, 3);
        String x = graph.node("Transpose", "own", Map.of("perm", new int[] {0, 3, 1, 2}), "own.pixels");
        x = graph.node("GlobalAveragePool", "pooled", Map.of(), x);
        x = graph.node("Flatten", "classes", Map.of("axis", 1), x);
        graph.output(x, OnnxGraph.Type.FLOAT, 1, 3);
        OnnxModel wrapped = OnnxWrapping.wrap(
                Path.of("network.onnx"), graph.build("network"), OnnxWrapping.Layout.NHWC, SIDE, SIDE, NORMALISATION);
        assertThat(wrapped.withoutPixels().proto().getGraph().getNodeList())
                .extracting(node -> node.getOpType())
                .startsWith("Transpose", "GlobalAveragePool");
    }

    @Test
    void anOperatorWithoutCounterpartIsNamed() {
        Network network = network(one("LRN", Map.of("nsize", "3")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxConversion.convert(network, SIDE, SIDE))
                .withMessage("operator LRN of 'part' has no counterpart in ONNX here; MXNet can run the network");
    }
}
