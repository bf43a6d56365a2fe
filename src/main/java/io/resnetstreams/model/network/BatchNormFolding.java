package io.resnetstreams.model.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Folds batch normalisations into the convolutions before them: with the running statistics both are linear, so
 * {@code gamma·(w∗x - mean)/σ + beta} is one convolution with weights {@code w·gamma/σ} and bias
 * {@code beta - mean·gamma/σ}. A pass over the graph's JSON; a normalisation whose convolution, weights
 * or shift has other readers stays.
 */
public final class BatchNormFolding {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Inputs of BatchNorm, in MXNet's order. */
    private static final int DATA = 0;

    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int MEAN = 3;
    private static final int VARIANCE = 4;

    private final ObjectNode graph;
    private final JsonNode nodes;
    private final Map<String, float[]> values;
    /** The normalisation that is folded into a convolution. */
    private final Map<Integer, Integer> folded = new HashMap<>();

    private final Set<Integer> dropped = new HashSet<>();
    private final Map<Integer, Integer> renumbered = new HashMap<>();
    private final ArrayNode kept = JSON.createArrayNode();

    /** A graph and its parameters' values by name. */
    public record Network(String json, Map<String, float[]> values) {}

    private BatchNormFolding(ObjectNode graph, Map<String, float[]> values) {
        this.graph = graph;
        this.nodes = graph.get("nodes");
        this.values = new LinkedHashMap<>(values);
    }

    /** Returns the network with its normalisations folded; the values given are not changed. */
    public static Network fold(Network network) {
        try {
            BatchNormFolding folding =
                    new BatchNormFolding((ObjectNode) JSON.readTree(network.json()), network.values());
            folding.find();
            return new Network(folding.rebuild(), folding.values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the graph is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void find() {
        int[] readers = new int[nodes.size()];
        for (JsonNode node : nodes) {
            node.get("inputs").forEach(input -> readers[input.get(0).asInt()]++);
        }
        graph.get("heads").forEach(head -> readers[head.get(0).asInt()]++);
        for (int node = 0; node < nodes.size(); node++) {
            if (operator(node).equals("BatchNorm")
                    && operator(input(node, DATA)).equals("Convolution")
                    && readers[input(node, DATA)] == 1
                    && readers[input(input(node, DATA), 1)] == 1
                    && readers[input(node, BETA)] == 1) {
                foldValues(input(node, DATA), node);
                folded.put(input(node, DATA), node);
                for (int gone : new int[] {GAMMA, MEAN, VARIANCE}) {
                    dropped.add(input(node, gone));
                    values.remove(name(input(node, gone)));
                }
            }
        }
    }

    private void foldValues(int convolution, int norm) {
        JsonNode attributes = nodes.get(norm).path("attrs");
        // MXNet's defaults where an attribute is not written.
        double epsilon = attributes.path("eps").asDouble(1e-3);
        boolean unitScale = attributes
                .path("fix_gamma")
                .asText("True")
                .toLowerCase(Locale.ROOT)
                .matches("true|1");
        float[] gamma = values.get(name(input(norm, GAMMA)));
        float[] beta = values.get(name(input(norm, BETA)));
        float[] mean = values.get(name(input(norm, MEAN)));
        float[] variance = values.get(name(input(norm, VARIANCE)));
        float[] weights = values.get(name(input(convolution, 1))).clone();
        float[] earlierBias = hasBias(convolution) ? values.get(name(input(convolution, 2))) : new float[beta.length];
        float[] bias = new float[beta.length];
        int perChannel = weights.length / beta.length;
        for (int channel = 0; channel < beta.length; channel++) {
            double scale = (unitScale ? 1 : gamma[channel]) / Math.sqrt(variance[channel] + epsilon);
            for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++) {
                weights[i] = (float) (weights[i] * scale);
            }
            bias[channel] = (float) (beta[channel] + (earlierBias[channel] - mean[channel]) * scale);
        }
        values.put(name(input(convolution, 1)), weights);
        values.put(name(input(norm, BETA)), bias);
    }

    private boolean hasBias(int convolution) {
        return nodes.get(convolution).get("inputs").size() > 2;
    }

    private String rebuild() throws JsonProcessingException {
        for (int node = 0; node < nodes.size(); node++) {
            Integer norm = folded.get(node);
            if (norm != null) {
                // The convolution takes the normalisation's shift for its bias, which so must come before it.
                keep(input(norm, BETA));
                ObjectNode convolution = nodes.get(node).deepCopy();
                ((ObjectNode) convolution.get("attrs")).put("no_bias", "False");
                ArrayNode inputs = (ArrayNode) convolution.get("inputs");
                while (inputs.size() > 2) {
                    inputs.remove(2);
                }
                inputs.addArray().add(input(norm, BETA)).add(0).add(0);
                add(node, convolution);
            } else if (folded.containsValue(node)) {
                renumbered.put(node, renumbered.get(input(node, DATA)));
            } else if (!dropped.contains(node)) {
                keep(node);
            }
        }
        graph.set("nodes", kept);
        ArrayNode arguments = graph.putArray("arg_nodes");
        ArrayNode rows = graph.putArray("node_row_ptr");
        for (int node = 0; node <= kept.size(); node++) {
            rows.add(node);
            if (node < kept.size() && kept.get(node).get("op").asText().equals("null")) {
                arguments.add(node);
            }
        }
        graph.get("heads").forEach(head -> renumber((ArrayNode) head));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(graph);
    }

    private void keep(int node) {
        if (!renumbered.containsKey(node)) {
            add(node, nodes.get(node).deepCopy());
        }
    }

    private void add(int node, ObjectNode copy) {
        copy.get("inputs").forEach(input -> renumber((ArrayNode) input));
        renumbered.put(node, kept.size());
        kept.add(copy);
    }

    private void renumber(ArrayNode reference) {
        reference.set(0, renumbered.get(reference.get(0).asInt()));
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
