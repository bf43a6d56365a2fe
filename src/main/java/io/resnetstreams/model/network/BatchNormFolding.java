package io.resnetstreams.model.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Folds batch normalisations into the convolutions before them. With the running statistics both are linear, so
 * {@code gamma·(w∗x - mean)/σ + beta} is one convolution with weights {@code w·gamma/σ} and bias
 * {@code beta - mean·gamma/σ}. A normalisation stays if another node reads its convolution, weights or shift.
 */
public final class BatchNormFolding {
    private static final int DATA = 0; // inputs of BatchNorm, in MXNet's order
    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int MEAN = 3;
    private static final int VARIANCE = 4;

    private final SymbolNodes nodes;
    private final ParameterValues values;
    private final Map<Integer, Integer> folded = new HashMap<>(); // the normalisation that is folded into a convolution
    private final Set<Integer> dropped = new HashSet<>();
    private final Map<Integer, Integer> renumbered = new HashMap<>();
    private final List<ObjectNode> kept = new ArrayList<>();

    private BatchNormFolding(Network network) {
        this.nodes = SymbolNodes.of(network.symbol().json());
        this.values = ParameterValues.of(network.values());
    }

    /** Returns the network with its normalisations folded; the one given does not change. */
    public static Network fold(Network network) {
        BatchNormFolding folding = new BatchNormFolding(network);
        folding.find();
        Map<String, ParameterShape> parameters =
                new LinkedHashMap<>(network.symbol().parameters());
        parameters.keySet().retainAll(folding.values.keySet());
        return new Network(new ResNetSymbol(folding.rebuild(), parameters), folding.values);
    }

    private void find() {
        int[] readers = new int[nodes.size()];
        for (int node = 0; node < nodes.size(); node++) {
            nodes.inputs(node).forEach(input -> readers[input.get(0).asInt()]++);
        }
        nodes.graph().get("heads").forEach(head -> readers[head.get(0).asInt()]++);
        for (int node = 0; node < nodes.size(); node++) {
            if (!nodes.operator(node).equals("BatchNorm")) {
                continue;
            }
            int data = nodes.input(node, DATA);
            if (nodes.operator(data).equals("Convolution")
                    && readers[data] == 1
                    && readers[nodes.input(data, 1)] == 1
                    && readers[nodes.input(node, BETA)] == 1) {
                foldValues(data, node);
                folded.put(data, node);
                for (int gone : new int[] {GAMMA, MEAN, VARIANCE}) {
                    dropped.add(nodes.input(node, gone));
                    values.drop(nodes.name(nodes.input(node, gone)));
                }
            }
        }
    }

    /** Replaces the weights and the shift by their folded values, which are computed when they are read. */
    private void foldValues(int convolution, int norm) {
        JsonNode attributes = nodes.attributes(norm);
        // MXNet's defaults where an attribute is not written.
        double epsilon = attributes.path("eps").asDouble(1e-3);
        boolean unitScale = attributes.path("fix_gamma").asText("True").matches("(?i)true|1");
        Supplier<float[]> variance = source(norm, VARIANCE);
        Supplier<float[]> gamma = source(norm, GAMMA);
        Supplier<double[]> scales = () -> {
            float[] variances = variance.get();
            float[] gammas = unitScale ? null : gamma.get();
            double[] scale = new double[variances.length];
            for (int channel = 0; channel < scale.length; channel++) {
                scale[channel] = (unitScale ? 1 : gammas[channel]) / Math.sqrt(variances[channel] + epsilon);
            }
            return scale;
        };
        Supplier<float[]> weights = source(convolution, 1);
        values.set(nodes.name(nodes.input(convolution, 1)), () -> scaled(weights.get(), scales.get()));
        Supplier<float[]> beta = source(norm, BETA);
        Supplier<float[]> mean = source(norm, MEAN);
        Supplier<float[]> bias = nodes.inputs(convolution).size() > 2 ? source(convolution, 2) : null;
        values.set(nodes.name(nodes.input(norm, BETA)), () -> {
            float[] shift = beta.get().clone();
            float[] means = mean.get();
            float[] earlier = bias == null ? new float[shift.length] : bias.get();
            double[] scale = scales.get();
            for (int channel = 0; channel < shift.length; channel++) {
                shift[channel] = (float) (shift[channel] + (earlier[channel] - means[channel]) * scale[channel]);
            }
            return shift;
        });
    }

    private static float[] scaled(float[] weights, double[] scales) {
        float[] scaled = new float[weights.length];
        int perChannel = weights.length / scales.length;
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (weights[i] * scales[i / perChannel]);
        }
        return scaled;
    }

    private Supplier<float[]> source(int node, int index) {
        return values.source(nodes.name(nodes.input(node, index)));
    }

    private String rebuild() {
        for (int node = 0; node < nodes.size(); node++) {
            Integer norm = folded.get(node);
            if (norm != null) {
                // The shift becomes the convolution's bias, so it must come before the convolution.
                keep(nodes.input(norm, BETA));
                ObjectNode convolution = nodes.node(node).deepCopy();
                ((ObjectNode) convolution.get("attrs")).put("no_bias", "False");
                ArrayNode inputs = (ArrayNode) convolution.get("inputs");
                while (inputs.size() > 2) {
                    inputs.remove(2);
                }
                inputs.addArray().add(nodes.input(norm, BETA)).add(0).add(0);
                add(node, convolution);
            } else if (folded.containsValue(node)) {
                renumbered.put(node, renumbered.get(nodes.input(node, DATA)));
            } else if (!dropped.contains(node)) {
                keep(node);
            }
        }
        ObjectNode graph = nodes.graph();
        SymbolGraph.setNodes(graph, kept);
        graph.get("heads").forEach(head -> renumber((ArrayNode) head));
        return graph.toPrettyString();
    }

    private void keep(int node) {
        if (!renumbered.containsKey(node)) {
            add(node, nodes.node(node).deepCopy());
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
}
