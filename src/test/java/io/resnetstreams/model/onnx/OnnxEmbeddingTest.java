package io.resnetstreams.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import io.resnetstreams.model.onnx.OnnxSession.Output;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks of the means of the planes and a dense layer, in the forms that exporters give it. */
class OnnxEmbeddingTest {
    private static final Path FILE = Path.of("made.onnx");
    private static final int SIDE = 4;
    private static final int PLANES = 3;
    private static final int CLASSES = 2;
    private static final int IMAGES = 3;
    private static final double[] MEAN = {0.4, 0.5, 0.6};
    private static final double[] DEVIATION = {0.2, 0.3, 0.4};
    /** Classes × planes. */
    private static final float[] WEIGHTS = {0.5f, -0.25f, 1, -0.5f, 0.75f, 0.25f};

    private static final float[] TRANSPOSED = {0.5f, -0.5f, -0.25f, 0.75f, 1, 0.25f};
    private static final float[] BIAS = {0.25f, -0.5f};

    /** Adds what follows the means, and returns the name of the output. */
    private interface Form {
        String add(OnnxGraph graph, String means);
    }

    private static Arguments form(String name, Form form) {
        return Arguments.of(name, form);
    }

    private static String gemm(OnnxGraph graph, String means) {
        graph.floats("w", new int[] {CLASSES, PLANES}, WEIGHTS);
        graph.floats("b", new int[] {CLASSES}, BIAS);
        return graph.node("Gemm", "gemm", Map.of("transB", 1), means, "w", "b");
    }

    private static String matMul(OnnxGraph graph, String means) {
        graph.floats("w", new int[] {PLANES, CLASSES}, TRANSPOSED);
        graph.floats("b", new int[] {CLASSES}, BIAS);
        return graph.node("MatMul", "matmul", Map.of(), means, "w");
    }

    /** Appends a conversion to eight bits and back, with steps of 1/64. */
    private static String quantized(OnnxGraph graph, String name, String of) {
        graph.floats(name + ".scale", new int[0], new float[] {1 / 64f});
        graph.bytes(name + ".zero", Type.INT8, new int[0], (byte) 0);
        String eight = graph.node("QuantizeLinear", name + ".int8", Map.of(), of, name + ".scale", name + ".zero");
        return graph.node("DequantizeLinear", name + ".float", Map.of(), eight, name + ".scale", name + ".zero");
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                form("Gemm of transposed weights, as from PyTorch", OnnxEmbeddingTest::gemm),
                form("Gemm", (graph, means) -> {
                    graph.floats("w", new int[] {PLANES, CLASSES}, TRANSPOSED);
                    graph.floats("b", new int[] {CLASSES}, BIAS);
                    return graph.node("Gemm", "gemm", Map.of(), means, "w", "b");
                }),
                form(
                        "MatMul and Add, as from Keras",
                        (graph, means) -> graph.node("Add", "sum", Map.of(), matMul(graph, means), "b")),
                form(
                        "Add with the bias first",
                        (graph, means) -> graph.node("Add", "sum", Map.of(), "b", matMul(graph, means))),
                form("MatMul of weights that are transposed", (graph, means) -> {
                    graph.floats("w", new int[] {CLASSES, PLANES}, WEIGHTS);
                    graph.floats("b", new int[] {CLASSES}, BIAS);
                    String turned = graph.node("Transpose", "turned", Map.of("perm", new int[] {1, 0}), "w");
                    String product = graph.node("MatMul", "product", Map.of(), means, turned);
                    return graph.node("Add", "sum", Map.of(), product, "b");
                }),
                form("Gemm of quantized weights", (graph, means) -> {
                    graph.floats("w", new int[] {CLASSES, PLANES}, WEIGHTS);
                    graph.floats("b", new int[] {CLASSES}, BIAS);
                    return graph.node("Gemm", "gemm", Map.of("transB", 1), means, quantized(graph, "q", "w"), "b");
                }),
                form(
                        "an Identity, a Dropout and a LogSoftmax behind it",
                        (graph, means) -> graph.node(
                                "LogSoftmax",
                                "log",
                                Map.of("axis", 1),
                                graph.node(
                                        "Dropout",
                                        "dropout",
                                        Map.of(),
                                        graph.node("Identity", "same", Map.of(), gemm(graph, means))))),
                form(
                        "a Softmax of its own",
                        (graph, means) -> graph.node("Softmax", "softmax", Map.of("axis", 1), gemm(graph, means))));
    }

    private static OnnxModel network(Type type, Form form) {
        OnnxGraph graph = new OnnxGraph(null);
        graph.input("x", type, "N", PLANES, SIDE, SIDE);
        String pooled = graph.node("GlobalAveragePool", "pooled", Map.of(), "x");
        String means = graph.node("Flatten", "means", Map.of("axis", 1), pooled);
        graph.output(form.add(graph, means), type, "N", CLASSES);
        return graph.build("made");
    }

    private static OnnxEmbedding embedding(OnnxModel network) throws Exception {
        Normalisation normalisation = new Normalisation(
                List.of(MEAN[0], MEAN[1], MEAN[2]), List.of(DEVIATION[0], DEVIATION[1], DEVIATION[2]));
        return OnnxEmbedding.of(OnnxWrapping.wrap(FILE, network, Layout.NCHW, SIDE, SIDE, normalisation));
    }

    private static byte[] pixels() {
        byte[] pixels = new byte[IMAGES * SIDE * SIDE * PLANES];
        new SplittableRandom(8).nextBytes(pixels);
        return pixels;
    }

    private static double mean(byte[] pixels, int image, int plane) {
        double sum = 0;
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
            sum += pixels[(image * SIDE * SIDE + pixel) * PLANES + plane] & 0xFF;
        }
        return (sum / (SIDE * SIDE) / 255 - MEAN[plane]) / DEVIATION[plane];
    }

    private static void assertRows(OnnxEmbedding embedding, float tolerance) throws Exception {
        assertThat(embedding.length()).isEqualTo(PLANES);
        byte[] pixels = pixels();
        ByteBuffer direct = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
        Output output;
        try (OnnxSession session = OnnxSession.load(embedding.network())) {
            List<Output> outputs = session.run(direct, true, IMAGES, SIDE, SIDE, PLANES);
            assertThat(outputs).hasSize(1);
            output = outputs.get(0);
        }
        assertThat(output.shape()).containsExactly(IMAGES, CLASSES + PLANES);
        for (int image = 0; image < IMAGES; image++) {
            double[] logits = {BIAS[0], BIAS[1]};
            int row = image * (CLASSES + PLANES);
            for (int plane = 0; plane < PLANES; plane++) {
                float found = output.values()[row + CLASSES + plane];
                assertThat((double) found).isCloseTo(mean(pixels, image, plane), within((double) tolerance));
                logits[0] += WEIGHTS[plane] * found;
                logits[1] += WEIGHTS[PLANES + plane] * found;
            }
            float first = (float) (1 / (1 + Math.exp(logits[1] - logits[0])));
            assertThat(output.values()[row]).isCloseTo(first, within(tolerance));
            assertThat(output.values()[row + 1]).isCloseTo(1 - first, within(tolerance));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void theEmbeddingIsTheInputOfTheDenseLayer(String name, Form form) throws Exception {
        assertRows(embedding(network(Type.FLOAT, form)), 1e-5f);
    }

    @Test
    void fromANetworkInFp16ItIsFp32() throws Exception {
        assertRows(
                embedding(network(Type.FLOAT16, (graph, means) -> {
                    graph.halves("w", new int[] {CLASSES, PLANES}, WEIGHTS);
                    graph.halves("b", new int[] {CLASSES}, BIAS);
                    return graph.node("Gemm", "gemm", Map.of("transB", 1), means, "w", "b");
                })),
                3e-3f);
    }

    /** The layer reads what is between the two conversions, and its output is rounded. */
    @Test
    void fromAQuantizedNetworkItIsWhatTheLayerReads() throws Exception {
        assertRows(
                embedding(network(Type.FLOAT, (graph, means) -> {
                    String logits = gemm(graph, quantized(graph, "input", means));
                    return quantized(graph, "output", logits);
                })),
                1 / 64f);
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(
                        "no dense layer",
                        (Form) (graph, means) -> graph.node("Softmax", "y", Map.of("axis", 1), means),
                        "its classes are the output of the operator GlobalAveragePool 'pooled', not of Gemm or MatMul"),
                Arguments.of(
                        "an activation behind it",
                        (Form) (graph, means) -> graph.node("Relu", "y", Map.of(), gemm(graph, means)),
                        "its classes are the output of the operator Relu 'y', not of Gemm or MatMul"),
                Arguments.of(
                        "two layers whose results are added",
                        (Form) (graph, means) -> {
                            String first = gemm(graph, means);
                            String second = graph.node("Gemm", "other", Map.of("transB", 1), means, "w", "b");
                            return graph.node("Add", "y", Map.of(), first, second);
                        },
                        "its classes are the output of the operator Add 'y', not of Gemm or MatMul"),
                Arguments.of(
                        "a transposed input",
                        (Form) (graph, means) -> {
                            graph.floats("w", new int[] {CLASSES, PLANES}, WEIGHTS);
                            return graph.node("Gemm", "y", Map.of("transA", 1, "transB", 1), means, "w");
                        },
                        "its classes are the output of the operator Gemm 'y', not of Gemm or MatMul"),
                Arguments.of(
                        "weights that the image determines",
                        (Form) (graph, means) -> graph.node(
                                "MatMul", "y", Map.of(), means, graph.node("Transpose", "turned", Map.of(), means)),
                        "the weights of 'y', its fully connected layer, are not a stored matrix"),
                Arguments.of(
                        "a circle",
                        (Form) (graph, means) ->
                                graph.node("Identity", "y", Map.of(), graph.node("Identity", "z", Map.of(), "y")),
                        "its classes are the output of the operator Identity 'y', not of Gemm or MatMul"),
                Arguments.of(
                        "a circle of weights",
                        (Form) (graph, means) -> graph.node(
                                "MatMul", "y", Map.of(), means, graph.node("Cast", "w", Map.of("to", 1), "w")),
                        "the weights of 'y', its fully connected layer, are not a stored matrix"),
                Arguments.of(
                        "a tensor that nothing computes",
                        (Form) (graph, means) -> graph.node("Identity", "y", Map.of(), "nowhere"),
                        "its classes are the output of no operator, not of Gemm or MatMul"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void networksWithoutItAreRefused(String name, Form form, String message) {
        OnnxModel network = network(Type.FLOAT, form);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEmbedding.of(network))
                .withMessage(message);
    }
}
