package io.resnetstreams.model.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolGraph;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Puts a network into a 16-bit floating type: a pass over the graph that converts normalised pixels, and weights and
 * biases of convolutions and dense layers; what comes between follows their type. Softmax stays in fp32. Parameters stay
 * fp32 on disk and are converted by the device.
 */
final class ReducedPrecision {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VARIABLE = "null";
    private static final String CAST = "amp_cast";
    private static final Set<String> WEIGHTED = Set.of("Convolution", "FullyConnected");
    private static final Map<Precision, String> TYPES =
            Map.of(Precision.FP16, "float16", Precision.BF16, "bfloat16", Precision.FP32, "float32");

    private final JsonNode nodes;
    private final Precision precision;
    private final SymbolGraph graph = new SymbolGraph();
    /** Numbers of the new graph by those of the old one. */
    private final Map<Integer, Integer> renumbered = new HashMap<>();

    private ReducedPrecision(JsonNode nodes, Precision precision) {
        this.nodes = nodes;
        this.precision = precision;
    }

    /**
     * Returns the network in another precision.
     *
     * @param network normalisation folded, so that no batch norm runs with few bits
     */
    static ResNetSymbol convert(ResNetSymbol network, Precision precision)
            throws InvalidModelException, JsonProcessingException {
        JsonNode source = JSON.readTree(network.json());
        ReducedPrecision pass = new ReducedPrecision(source.get("nodes"), precision);
        for (int node = 0; node < pass.nodes.size(); node++) {
            pass.add(node, network.parameters());
        }
        int last = source.get("heads").get(0).get(0).asInt();
        int head = pass.renumbered.get(last);
        if (!pass.operator(last).equals("softmax")) {
            head = pass.cast("output", head, Precision.FP32);
        }
        return new ResNetSymbol(pass.graph.toJson(head), pass.graph.parameters());
    }

    private void add(int node, Map<String, ParameterShape> parameters) throws InvalidModelException {
        String name = name(node);
        if (operator(node).equals(VARIABLE)) {
            ParameterShape shape = parameters.get(name);
            renumbered.put(
                    node, shape == null ? graph.input(name) : graph.parameter(name, shape.kind(), shape.shape()));
            return;
        }
        Map<Integer, Integer> inputs = renumbered;
        if (WEIGHTED.contains(operator(node))) {
            inputs = new HashMap<>(renumbered);
            for (int index = 1; index < nodes.get(node).get("inputs").size(); index++) {
                int weight = input(node, index);
                inputs.put(weight, cast(name + "." + index, renumbered.get(weight), precision));
            }
        } else if (operator(node).equals("softmax")) {
            inputs = new HashMap<>(renumbered);
            inputs.put(input(node, 0), cast(name + ".0", renumbered.get(input(node, 0)), Precision.FP32));
        }
        int copy = graph.copy((ObjectNode) nodes.get(node), inputs);
        renumbered.put(node, name.equals(ResNetSymbol.NORMALISED) ? cast(name, copy, precision) : copy);
    }

    private int cast(String name, int node, Precision to) {
        return graph.operator(CAST, name + "." + to, Map.of("dtype", TYPES.get(to)), node);
    }

    private String operator(int node) {
        return nodes.get(node).get("op").asText();
    }

    private String name(int node) {
        return nodes.get(node).get("name").asText();
    }

    private int input(int node, int index) {
        return nodes.get(node).get("inputs").get(index).get(0).asInt();
    }
}
