package io.resnetstreams.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds the embedding of an image to the output of a network in ONNX: the input of the fully connected layer that computes the
 * classes, in fp32. The operators that compute the probabilities stay as they are.
 */
public final class OnnxEmbedding {
    /** They may follow the layer: each has a value for each class. */
    private static final Set<String> AFTER = Set.of(
            "Softmax",
            "LogSoftmax",
            "Cast",
            "Identity",
            "Dropout",
            "Flatten",
            "Reshape",
            "Squeeze",
            "QuantizeLinear",
            "DequantizeLinear");

    /** They may stand between stored weights and the layer. */
    private static final Set<String> CONVERSIONS = Set.of("Cast", "Identity", "QuantizeLinear", "DequantizeLinear");

    private final OnnxModel network;
    private final Map<String, NodeProto> producers = new HashMap<>();
    /** The shapes of stored tensors. */
    private final Map<String, List<Long>> stored = new HashMap<>();

    private final NodeProto dense;
    private final int length;

    private OnnxEmbedding(OnnxModel network) {
        this.network = network;
        GraphProto graph = network.proto().getGraph();
        graph.getInitializerList().forEach(tensor -> stored.put(tensor.getName(), tensor.getDimsList()));
        for (NodeProto node : graph.getNodeList()) {
            node.getOutputList().forEach(name -> producers.put(name, node));
            if (node.getOpType().equals("Constant") && node.getOutputCount() > 0) {
                stored.put(node.getOutput(0), attribute(node, "value").getT().getDimsList());
            }
        }
        this.dense = dense();
        this.length = inputsOfDense();
    }

    /**
     * Finds the embedding of a network.
     *
     * @throws IllegalArgumentException if the classes are not computed by a fully connected layer; the message names what
     *     computes them
     */
    public static OnnxEmbedding of(OnnxModel network) {
        return new OnnxEmbedding(network);
    }

    private static AttributeProto attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElse(AttributeProto.getDefaultInstance());
    }

    /** Returns the name of an input; an empty one if it is absent. */
    private static String input(NodeProto node, int index) {
        return index < node.getInputCount() ? node.getInput(index) : "";
    }

    private NodeProto dense() {
        String tensor = network.proto().getGraph().getOutput(0).getName();
        NodeProto node = producers.get(tensor);
        // The number of steps is limited, since a malformed graph may have a circle.
        for (int step = 0; step < producers.size() && node != null; step++) {
            if (AFTER.contains(node.getOpType())) {
                tensor = input(node, 0);
            } else if (node.getOpType().equals("Add") && hasBias(node)) {
                tensor = input(node, shape(input(node, 0)) == null ? 0 : 1);
            } else {
                break;
            }
            node = producers.get(tensor);
        }
        String operator = node == null ? "" : node.getOpType();
        boolean isDense = operator.equals("MatMul")
                || operator.equals("Gemm") && attribute(node, "transA").getI() == 0;
        if (!isDense) {
            throw new IllegalArgumentException("its classes are the output of "
                    + (node == null ? "no operator" : "the operator " + operator + " '" + tensor + "'")
                    + ", not of Gemm or MatMul");
        }
        return node;
    }

    /** Returns whether one of the addends is stored. */
    private boolean hasBias(NodeProto sum) {
        return (shape(input(sum, 0)) == null) != (shape(input(sum, 1)) == null);
    }

    /** Returns the number of values that the dense layer reads for each image. */
    private int inputsOfDense() {
        List<Long> weights = shape(input(dense, 1));
        if (weights == null || weights.size() != 2) {
            throw new IllegalArgumentException("the weights of '" + dense.getOutput(0) + "', its fully connected layer,"
                    + " are not a stored matrix");
        }
        boolean isTransposed = attribute(dense, "transB").getI() != 0;
        return Math.toIntExact(weights.get(isTransposed ? 1 : 0));
    }

    /** Returns the shape of a stored tensor, possibly converted; null if it is computed from the image. */
    private List<Long> shape(String tensor) {
        boolean isTransposed = false;
        String name = tensor;
        for (int step = 0; step <= producers.size() && !stored.containsKey(name); step++) {
            NodeProto node = producers.get(name);
            if (node == null) {
                return null;
            }
            if (node.getOpType().equals("Transpose")) {
                List<Long> order = attribute(node, "perm").getIntsList();
                isTransposed ^= !order.equals(List.of(0L, 1L));
            } else if (!CONVERSIONS.contains(node.getOpType())) {
                return null;
            }
            name = input(node, 0);
        }
        List<Long> shape = stored.get(name);
        if (shape == null || !isTransposed) {
            return shape;
        }
        List<Long> reversed = new ArrayList<>(shape);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Returns the number of values of the embedding. */
    public int length() {
        return length;
    }

    /** Returns the network with the output N×(classes + length): the probabilities, followed by the embedding. */
    public OnnxModel network() {
        GraphProto own = network.proto().getGraph();
        OnnxGraph after = new OnnxGraph(null);
        String values = OnnxWrapping.PREFIX + "embedding";
        String flat = after.node("Flatten", values + ".flat", Map.of("axis", 1), input(dense, 0));
        String embedding = after.node("Cast", values, Map.of("to", Type.FLOAT.number()), flat);
        String row = after.node(
                "Concat",
                OnnxWrapping.PREFIX + "row",
                Map.of("axis", 1),
                own.getOutput(0).getName(),
                embedding);
        after.output(row, Type.FLOAT, "N", "values");
        GraphProto added = after.build("").proto().getGraph();
        return new OnnxModel(network.proto().toBuilder()
                .setGraph(own.toBuilder()
                        .addAllNode(added.getNodeList())
                        .clearOutput()
                        .addAllOutput(added.getOutputList()))
                .build());
    }
}
