package io.resnetstreams.model.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * Adds the embedding of an image to the output of a network in MXNet's symbol format: the input of the fully connected layer
 * that computes the classes, in fp32. The operators that compute the probabilities stay as they are.
 */
public final class SymbolEmbedding {
    private static final String DENSE = "FullyConnected";
    /** The dense layer in an int8 graph of MXNet, where it stays in fp32 but is a subgraph. */
    private static final String FUSED_DENSE = "_sg_mkldnn_fully_connected";
    /** They may follow the layer: each has a value for each class. */
    private static final Set<String> AFTER =
            Set.of("softmax", "log_softmax", "Cast", "amp_cast", "Flatten", "flatten", "Dropout", "_copy", "identity");

    private static final Set<String> CASTS = Set.of("Cast", "amp_cast");
    /** As in ONNX, so that no name of an imported network is the same. */
    private static final String PREFIX = "resnet-streams.";

    private final Network network;
    private final SymbolNodes nodes;
    private final int dense;
    private final int length;

    private SymbolEmbedding(Network network) {
        this.network = network;
        this.nodes = SymbolNodes.of(network.symbol().json());
        this.dense = dense();
        this.length = inputsOfDense();
    }

    /**
     * Finds the embedding of a network.
     *
     * @throws IllegalArgumentException if the classes are not computed by a fully connected layer; the message names what
     *     computes them
     */
    public static SymbolEmbedding of(Network network) {
        return new SymbolEmbedding(network);
    }

    private int dense() {
        int node = nodes.head();
        // The number of steps is limited, since a malformed graph may have a circle.
        for (int step = 0; step < nodes.size() && AFTER.contains(nodes.operator(node)); step++) {
            node = nodes.input(node, 0);
        }
        String operator = nodes.operator(node);
        if (!operator.equals(DENSE) && !(operator.equals(FUSED_DENSE) && isDenseAlone(node))) {
            throw new IllegalArgumentException("its classes are the output of the operator " + operator + " '"
                    + nodes.name(node) + "', not of " + DENSE);
        }
        return node;
    }

    /** Returns whether no other operator is fused with the dense layer. */
    private boolean isDenseAlone(int node) {
        int operators = 0;
        for (JsonNode inner : nodes.node(node).at("/subgraphs/0/nodes")) {
            operators += inner.get("op").asText().equals(SymbolNodes.VARIABLE) ? 0 : 1;
        }
        return operators == 1;
    }

    /** Returns the number of values that the dense layer reads for each image. */
    private int inputsOfDense() {
        int weights = nodes.input(dense, 1);
        for (int step = 0; step < nodes.size() && CASTS.contains(nodes.operator(weights)); step++) {
            weights = nodes.input(weights, 0);
        }
        ParameterShape shape = network.symbol().parameters().get(nodes.name(weights));
        if (shape == null || shape.shape().length == 0) {
            throw new IllegalArgumentException("the weights of '" + nodes.name(dense) + "', its fully connected layer,"
                    + " are not stored but computed");
        }
        return shape.size() / shape.shape()[0];
    }

    /** Returns the number of values of the embedding. */
    public int length() {
        return length;
    }

    /** Returns the network with the output N×(classes + length): the probabilities, followed by the embedding. */
    public Network network() {
        ObjectNode graph = nodes.graph().deepCopy();
        // It is optional, and nodes with several outputs make it hard to continue.
        graph.remove("node_row_ptr");
        ArrayNode all = (ArrayNode) graph.get("nodes");
        ArrayNode heads = (ArrayNode) graph.get("heads");
        Map<String, String> fp32 = Map.of("dtype", "float32");
        JsonNode classes = add(all, "amp_cast", "classes", fp32, heads.get(0));
        JsonNode flat =
                add(all, "Flatten", "flat", Map.of(), nodes.inputs(dense).get(0));
        JsonNode embedding = add(all, "amp_cast", "embedding", fp32, flat);
        heads.removeAll();
        heads.add(add(all, "Concat", "row", Map.of("dim", "1", "num_args", "2"), classes, embedding));
        return new Network(network.symbol().withGraph(graph.toPrettyString()), network.values());
    }

    /** Adds an operator and returns the reference to its output. */
    private static JsonNode add(
            ArrayNode nodes, String operator, String name, Map<String, String> attributes, JsonNode... inputs) {
        ObjectNode node = nodes.addObject().put("op", operator).put("name", PREFIX + name);
        if (!attributes.isEmpty()) {
            ObjectNode attrs = node.putObject("attrs");
            attributes.forEach(attrs::put);
        }
        ArrayNode list = node.putArray("inputs");
        for (JsonNode input : inputs) {
            list.add(input.deepCopy());
        }
        return nodes.arrayNode().add(nodes.size() - 1).add(0).add(0);
    }
}
