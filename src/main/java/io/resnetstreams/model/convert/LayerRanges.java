package io.resnetstreams.model.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.network.ValueRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds the least and greatest values of a network's layers over sample images. */
final class LayerRanges {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OUTPUT = "_output";
    private static final int BATCH = 8;

    private LayerRanges() {}

    /**
     * Runs the samples through the network.
     *
     * @param layers outputs as the engine names them: the operator's name and {@code _output}
     * @param samples uint8 H×W×3, each of the network's input size
     * @return each layer's range, in the layers' order
     */
    static Map<String, ValueRange> measure(
            ResNetSymbol symbol,
            Function<ParameterShape, float[]> values,
            List<String> layers,
            List<byte[]> samples,
            Shape image)
            throws IOException {
        ResNetSymbol watched = new ResNetSymbol(withHeads(symbol.json(), layers), symbol.parameters());
        Map<String, ValueRange> ranges = new LinkedHashMap<>();
        try (SymbolNetwork network = new SymbolNetwork(watched, values)) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                List<byte[]> batch = samples.subList(from, Math.min(samples.size(), from + BATCH));
                try (NDManager scope = network.manager().newSubManager()) {
                    NDList outputs = network.heads(pack(batch, image, scope), false, scope);
                    for (int layer = 0; layer < layers.size(); layer++) {
                        ranges.merge(layers.get(layer), range(outputs.get(layer)), ValueRange::union);
                    }
                }
            }
        }
        return ranges;
    }

    private static NDArray pack(List<byte[]> batch, Shape image, NDManager scope) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(batch.size() * batch.get(0).length);
        batch.forEach(buffer::put);
        Shape shape = new Shape(batch.size()).addAll(image);
        return scope.create(buffer.flip(), shape, DataType.UINT8);
    }

    private static ValueRange range(NDArray values) {
        try (NDArray least = values.min();
                NDArray greatest = values.max()) {
            return new ValueRange(least.getFloat(), greatest.getFloat());
        }
    }

    /** Returns the graph with layers for its outputs. */
    private static String withHeads(String json, List<String> layers) throws JsonProcessingException {
        ObjectNode graph = (ObjectNode) JSON.readTree(json);
        Map<String, Integer> numbers = new HashMap<>();
        for (JsonNode node : graph.get("nodes")) {
            numbers.put(node.get("name").asText(), numbers.size());
        }
        ArrayNode heads = graph.putArray("heads");
        for (String layer : layers) {
            Integer number =
                    numbers.get(layer.endsWith(OUTPUT) ? layer.substring(0, layer.length() - OUTPUT.length()) : layer);
            if (number == null) {
                throw new IllegalStateException(
                        "the engine asks for the range of " + layer + ", which the graph has not");
            }
            heads.addArray().add(number).add(0).add(0);
        }
        return JSON.writeValueAsString(graph);
    }
}
