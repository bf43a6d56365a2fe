package io.resnetstreams.model.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads the nodes of a graph in MXNet's symbol format. A node is identified by its number, in order of execution. */
public record SymbolNodes(ObjectNode graph) {
    /** The operator of inputs and parameters. */
    public static final String VARIABLE = "null";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Parses a graph; throws an {@link IllegalArgumentException} if it is not JSON. */
    public static SymbolNodes of(String json) {
        try {
            return new SymbolNodes((ObjectNode) JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the graph is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    public int size() {
        return graph.get("nodes").size();
    }

    public ObjectNode node(int node) {
        return (ObjectNode) graph.get("nodes").get(node);
    }

    public String name(int node) {
        return node(node).get("name").asText();
    }

    public String operator(int node) {
        return node(node).get("op").asText();
    }

    /** Returns a node's attributes; a missing node if it has none. */
    public JsonNode attributes(int node) {
        return node(node).path("attrs");
    }

    /** Returns the references to a node's inputs, each an array that starts with the input's number. */
    public JsonNode inputs(int node) {
        return node(node).get("inputs");
    }

    public int input(int node, int index) {
        return inputs(node).get(index).get(0).asInt();
    }

    /**
     * Returns the operators from the one of this name back to a variable, each the first input of the one before. None if
     * there is none of this name.
     */
    public Set<Integer> chainTo(String name) {
        Set<Integer> chain = new LinkedHashSet<>();
        for (int last = 0; last < size(); last++) {
            if (name(last).equals(name)) {
                for (int node = last; !operator(node).equals(VARIABLE); node = input(node, 0)) {
                    chain.add(node);
                }
            }
        }
        return chain;
    }

    /** Returns the number of the node that is the first output. */
    public int head() {
        return graph.get("heads").get(0).get(0).asInt();
    }
}
