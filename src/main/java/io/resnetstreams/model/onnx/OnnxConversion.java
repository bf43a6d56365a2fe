package io.resnetstreams.model.onnx;

import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNodes;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Converts a network from MXNet's symbol format to ONNX, with batch normalisations folded into the convolutions. Its input
 * is uint8 N×H×W×3 and its output float32 N×classes. Tensors have the names of the operators that compute them, and
 * parameters their names.
 *
 * <p>Threading: each conversion belongs to one thread.
 */
public final class OnnxConversion {
    /** The name of the output: float32 N×classes. */
    public static final String OUTPUT = "probabilities";

    private static final String BATCH = "N";

    private final SymbolNodes nodes;
    private final Network network;
    private final OnnxQuantizer quantizer;
    private final OnnxGraph graph;
    private final Set<Integer> normalising;
    /** Names of tensors by the number of the node that computes them. */
    private final Map<Integer, String> tensors = new HashMap<>();

    private OnnxConversion(Network network, OnnxQuantizer quantizer, WeightsFile weights) {
        this.nodes = SymbolNodes.of(network.symbol().json());
        this.network = network;
        this.quantizer = quantizer;
        this.graph = new OnnxGraph(weights);
        this.normalising = nodes.chainTo(ResNetSymbol.NORMALISED);
    }

    /**
     * Converts a network that is not in int8.
     *
     * @throws IllegalArgumentException if an operator has no counterpart here; the message names it
     */
    public static OnnxModel convert(Network network, int height, int width) {
        return convert(network, height, width, null);
    }

    /**
     * Converts a network that is not in int8, for {@link OnnxRuntime#load}. One tensor is in memory at a time.
     *
     * @throws IllegalArgumentException as {@link #convert}
     */
    public static void write(Network network, int height, int width, Path folder) throws IOException {
        OnnxModel model;
        try (WeightsFile weights = new WeightsFile(folder)) {
            model = new OnnxConversion(BatchNormFolding.fold(network), null, weights).run(height, width);
        }
        model.write(folder.resolve(OnnxRuntime.FILE));
    }

    /** Converts a network with a quantizer, which may be null. */
    static OnnxModel convert(Network network, int height, int width, OnnxQuantizer quantizer) {
        return new OnnxConversion(BatchNormFolding.fold(network), quantizer, null).run(height, width);
    }

    private OnnxModel run(int height, int width) {
        if (quantizer != null) {
            quantizer.setGraph(graph);
        }
        graph.input(ResNetSymbol.INPUT, Type.UINT8, BATCH, height, width, 3);
        for (int node = 0; node < nodes.size(); node++) {
            if (!normalising.contains(node)) {
                tensors.put(node, converted(node));
            } else if (nodes.name(node).equals(ResNetSymbol.NORMALISED)) {
                tensors.put(node, normalised(node, height, width));
            }
        }
        String head = tensors.get(nodes.head());
        // The name is taken if the output is more than the probabilities.
        boolean isNamed = tensors.containsValue(OUTPUT);
        String output = isNamed ? head : graph.node("Identity", OUTPUT, Map.of(), head);
        graph.output(output, Type.FLOAT, BATCH, "classes");
        if (quantizer != null) {
            quantizer.addOutputs(output);
        }
        return graph.build("network");
    }

    private String normalised(int node, int height, int width) {
        float[] offset = network.valuesOf(parameter(nodes.input(nodes.input(node, 0), 1)));
        float[] scale = network.valuesOf(parameter(nodes.input(node, 1)));
        return new PixelNormalisation(height, width, offset, scale)
                .add(graph, ResNetSymbol.INPUT, OnnxWrapping.Layout.NCHW, ResNetSymbol.NORMALISED);
    }

    /** Returns the name of a node's output; of a parameter, its own, which is added where it is read. */
    private String converted(int node) {
        String name = nodes.name(node);
        String operator = nodes.operator(node);
        if (operator.equals(SymbolNodes.VARIABLE)) {
            return name;
        }
        SymbolAttributes attributes = new SymbolAttributes(nodes.attributes(node));
        return switch (operator) {
            case "Cast", "amp_cast" -> cast(node, attributes);
            case "transpose" -> graph.node(
                    "Transpose", name, Map.of("perm", attributes.numbers("axes", null)), tensor(node, 0));
            case "broadcast_sub", "elemwise_sub", "_sub" -> graph.node(
                    "Sub", name, Map.of(), tensor(node, 0), tensor(node, 1));
            case "broadcast_mul", "elemwise_mul", "_mul" -> graph.node(
                    "Mul", name, Map.of(), tensor(node, 0), tensor(node, 1));
            case "elemwise_add", "broadcast_add", "_plus", "_Plus" -> graph.node(
                    "Add", name, Map.of(), eightBits(node, 0), eightBits(node, 1));
            case "Convolution" -> convolution(node, attributes);
            case "BatchNorm" -> batchNorm(node, attributes);
            case "Activation" -> graph.node(activation(node, attributes), name, Map.of(), tensor(node, 0));
            case "relu" -> graph.node("Relu", name, Map.of(), tensor(node, 0));
            case "sigmoid" -> graph.node("Sigmoid", name, Map.of(), tensor(node, 0));
            case "clip" -> clip(node, attributes);
            case "Pooling" -> pooling(node, attributes);
            case "Concat", "concat" -> concat(node, attributes);
            case "Flatten", "flatten" -> graph.node("Flatten", name, Map.of("axis", 1), tensor(node, 0));
            case "FullyConnected" -> dense(node, attributes);
            case "softmax" -> graph.node(
                    "Softmax", name, Map.of("axis", attributes.integer("axis", -1)), tensor(node, 0));
                // Both do nothing outside training.
            case "Dropout", "_copy", "identity" -> tensor(node, 0);
            default -> throw unsupported(node, "operator " + operator);
        };
    }

    private IllegalArgumentException unsupported(int node, String what) {
        return new IllegalArgumentException(
                what + " of '" + nodes.name(node) + "' has no counterpart in ONNX here; MXNet can run the network");
    }

    private String cast(int node, SymbolAttributes attributes) {
        String to = attributes.text("dtype", "");
        Type type =
                switch (to) {
                    case "float32" -> Type.FLOAT;
                    case "float16" -> Type.FLOAT16;
                    default -> throw unsupported(node, "a conversion to " + to);
                };
        int input = nodes.input(node, 0);
        String name = nodes.name(node);
        if (isParameter(input) && type == Type.FLOAT16) {
            ParameterShape parameter = parameter(input);
            graph.halves(name, parameter.shape(), network.valuesOf(parameter));
            return name;
        }
        return graph.node("Cast", name, Map.of("to", type.number()), tensor(node, 0));
    }

    private String convolution(int node, SymbolAttributes attributes) {
        int[] kernel = attributes.numbers("kernel", null);
        Map<String, Object> onnx = attributes.window(kernel);
        onnx.put("group", attributes.integer("num_group", 1));
        onnx.put("dilations", attributes.numbers("dilate", SymbolAttributes.ones(kernel.length)));
        int weights = nodes.input(node, 1);
        boolean hasBias = nodes.inputs(node).size() > 2;
        List<String> inputs = new ArrayList<>();
        if (quantizer != null && isParameter(weights)) {
            float[] bias = hasBias ? network.valuesOf(parameter(nodes.input(node, 2))) : null;
            inputs.addAll(quantizer.convolution(
                    tensor(node, 0), parameter(weights), network.valuesOf(parameter(weights)), bias));
        } else {
            for (int index = 0; index < nodes.inputs(node).size(); index++) {
                inputs.add(tensor(node, index));
            }
        }
        return graph.node("Conv", nodes.name(node), onnx, inputs.toArray(String[]::new));
    }

    /** A normalisation that could not be folded. */
    private String batchNorm(int node, SymbolAttributes attributes) {
        if (attributes.isTrue("fix_gamma", true)) {
            ParameterShape gamma = parameter(nodes.input(node, 1));
            float[] unit = new float[gamma.size()];
            Arrays.fill(unit, 1);
            // The graph has one tensor for each name, and this one comes first.
            graph.floats(gamma.name(), gamma.shape(), unit);
        }
        String[] inputs = new String[5];
        for (int index = 0; index < inputs.length; index++) {
            inputs[index] = tensor(node, index);
        }
        float epsilon = attributes.number("eps", 1e-3f);
        return graph.node("BatchNormalization", nodes.name(node), Map.of("epsilon", epsilon), inputs);
    }

    private String activation(int node, SymbolAttributes attributes) {
        String type = attributes.text("act_type", "");
        return switch (type) {
            case "relu" -> "Relu";
            case "sigmoid" -> "Sigmoid";
            case "tanh" -> "Tanh";
            case "softrelu" -> "Softplus";
            case "softsign" -> "Softsign";
            default -> throw unsupported(node, "activation " + type);
        };
    }

    private String clip(int node, SymbolAttributes attributes) {
        String name = nodes.name(node);
        int[] scalar = {};
        graph.floats(name + ".min", scalar, new float[] {attributes.number("a_min", 0)});
        graph.floats(name + ".max", scalar, new float[] {attributes.number("a_max", 0)});
        return graph.node("Clip", name, Map.of(), tensor(node, 0), name + ".min", name + ".max");
    }

    private String pooling(int node, SymbolAttributes attributes) {
        String name = nodes.name(node);
        String type = attributes.text("pool_type", "max");
        if (!type.equals("max") && !type.equals("avg")) {
            throw unsupported(node, "pooling by " + type);
        }
        boolean max = type.equals("max");
        if (attributes.isTrue("global_pool", false)) {
            return graph.node(max ? "GlobalMaxPool" : "GlobalAveragePool", name, Map.of(), eightBits(node, 0));
        }
        String convention = attributes.text("pooling_convention", "valid");
        if (!convention.equals("valid") && !convention.equals("full")) {
            throw unsupported(node, "the pooling convention " + convention);
        }
        Map<String, Object> onnx = attributes.window(attributes.numbers("kernel", null));
        onnx.put("ceil_mode", convention.equals("full") ? 1 : 0);
        if (!max) {
            onnx.put("count_include_pad", attributes.isTrue("count_include_pad", true) ? 1 : 0);
        }
        if (max && quantizer != null) {
            quantizer.keepsRange(name, tensor(node, 0));
        }
        return graph.node(max ? "MaxPool" : "AveragePool", name, onnx, eightBits(node, 0));
    }

    private String concat(int node, SymbolAttributes attributes) {
        String[] inputs = new String[nodes.inputs(node).size()];
        for (int index = 0; index < inputs.length; index++) {
            inputs[index] = tensor(node, index);
        }
        return graph.node("Concat", nodes.name(node), Map.of("axis", attributes.integer("dim", 1)), inputs);
    }

    private String dense(int node, SymbolAttributes attributes) {
        String name = nodes.name(node);
        if (!attributes.isTrue("flatten", true)) {
            throw unsupported(node, "a dense layer without flatten");
        }
        String flat = graph.node("Flatten", name + ".flat", Map.of("axis", 1), tensor(node, 0));
        List<String> inputs = new ArrayList<>(List.of(flat));
        for (int index = 1; index < nodes.inputs(node).size(); index++) {
            inputs.add(tensor(node, index));
        }
        return graph.node("Gemm", name, Map.of("transB", 1), inputs.toArray(String[]::new));
    }

    /** Returns an input of a node, in eight bits if the network is quantized. */
    private String eightBits(int node, int index) {
        String tensor = tensor(node, index);
        return quantizer == null || isParameter(nodes.input(node, index)) ? tensor : quantizer.activation(tensor);
    }

    /** Returns an input of a node; adds it to the graph if it is a parameter. */
    private String tensor(int node, int index) {
        int input = nodes.input(node, index);
        if (nodes.inputs(node).get(index).path(1).asInt() != 0) {
            throw unsupported(node, "the second output of an operator, an input");
        }
        if (isParameter(input) && !graph.hasInitializer(nodes.name(input))) {
            ParameterShape parameter = parameter(input);
            graph.floats(parameter.name(), parameter.shape(), network.valuesOf(parameter));
        }
        return tensors.get(input);
    }

    private boolean isParameter(int node) {
        return nodes.operator(node).equals(SymbolNodes.VARIABLE)
                && network.symbol().parameters().containsKey(nodes.name(node));
    }

    private ParameterShape parameter(int node) {
        return network.symbol().parameters().get(nodes.name(node));
    }
}
