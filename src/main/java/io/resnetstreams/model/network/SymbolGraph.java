package io.resnetstreams.model.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.InvalidModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds a computation graph in MXNet's symbol format: nodes with operator, name, attributes and inputs. A node is identified
 * by its number, in the order in which nodes are added.
 */
public final class SymbolGraph {
    private static final int MXNET_VERSION = 10900; // the version of the format, that of MXNet 1.9

    private final JsonNodeFactory json = JsonNodeFactory.instance;
    private final List<ObjectNode> nodes = new ArrayList<>();
    private final Map<String, ParameterShape> parameters = new LinkedHashMap<>();

    /** Adds an input of the network. */
    public int input(String name) {
        return operator(SymbolNodes.VARIABLE, name, Map.of());
    }

    /** Adds a parameter that training changes. */
    public int parameter(String name, int... shape) {
        return parameter(name, ParameterShape.Kind.TRAINED, shape);
    }

    /** Adds a parameter: an argument, or for {@link ParameterShape.Kind#RUNNING} an auxiliary state. */
    public int parameter(String name, ParameterShape.Kind kind, int... shape) {
        ParameterShape parameter = new ParameterShape(name, kind, shape);
        parameters.put(name, parameter);
        return operator(SymbolNodes.VARIABLE, name, Map.of("__shape__", parameter.tuple()));
    }

    /** Adds an operator whose inputs are the first outputs of other nodes. */
    public int operator(String operator, String name, Map<String, String> attributes, int... inputs) {
        ObjectNode node = json.objectNode().put("op", operator).put("name", name);
        if (!attributes.isEmpty()) {
            ObjectNode attrs = node.putObject("attrs");
            // Sorted, so that a network always has the same file and digest.
            new TreeMap<>(attributes).forEach(attrs::put);
        }
        ArrayNode list = node.putArray("inputs");
        for (int input : inputs) {
            list.add(reference(input));
        }
        nodes.add(node);
        return nodes.size() - 1;
    }

    /** Adds a copy of an operator of another graph, whose inputs must be among the renumbered nodes. */
    public int copy(ObjectNode other, Map<Integer, Integer> renumbered) throws InvalidModelException {
        ObjectNode node = other.deepCopy();
        // The names of the attributes in older versions of the format.
        for (String earlier : new String[] {"attr", "param"}) {
            if (node.has(earlier)) {
                node.set("attrs", node.remove(earlier));
            }
        }
        for (JsonNode input : node.get("inputs")) {
            Integer number = renumbered.get(input.get(0).asInt());
            if (number == null) {
                throw new InvalidModelException("operator '" + node.get("name").asText() + "' reads node "
                        + input.get(0) + " of the symbol, which has no parameters");
            }
            ((ArrayNode) input).set(0, number);
        }
        nodes.add(node);
        return nodes.size() - 1;
    }

    /** Returns the parameters in the order they were added, by name. */
    public Map<String, ParameterShape> parameters() {
        return parameters;
    }

    /** Returns the graph whose output is the first output of a node. */
    public String toJson(int head) {
        ObjectNode graph = json.objectNode();
        setNodes(graph, nodes);
        graph.putArray("heads").add(reference(head));
        graph.putObject("attrs").putArray("mxnet_version").add("int").add(MXNET_VERSION);
        return graph.toPrettyString();
    }

    /** Sets a graph's nodes, and the lists of numbers that the format has beside them. */
    static void setNodes(ObjectNode graph, List<ObjectNode> nodes) {
        graph.putArray("nodes").addAll(nodes);
        ArrayNode arguments = graph.putArray("arg_nodes");
        ArrayNode rows = graph.putArray("node_row_ptr").add(0);
        for (int node = 0; node < nodes.size(); node++) {
            rows.add(node + 1);
            if (nodes.get(node).get("op").asText().equals(SymbolNodes.VARIABLE)) {
                arguments.add(node);
            }
        }
    }

    private ArrayNode reference(int node) {
        return json.arrayNode().add(node).add(0).add(0);
    }
}
