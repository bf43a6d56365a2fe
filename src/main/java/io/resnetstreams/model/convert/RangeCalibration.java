package io.resnetstreams.model.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.network.SymbolNodes;
import io.resnetstreams.model.network.SymbolPasses.Range;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Range calibration for int8: measures the least and the greatest value of each layer's output over sample images. */
final class RangeCalibration {
    private static final String OUTPUT = "_output";
    private static final int BATCH = 8;

    private RangeCalibration() {}

    /**
     * Runs the samples through the network.
     *
     * @param layers outputs in the engine's names: the operator's name and {@code _output}
     * @param samples uint8 H×W×3, each of the network's input size
     * @param image the shape of a sample
     * @return each layer's range, in the layers' order
     */
    static Map<String, Range> measure(Network fused, List<String> layers, List<byte[]> samples, Shape image) {
        ResNetSymbol measured = new ResNetSymbol(
                withHeads(fused.symbol().json(), layers), fused.symbol().parameters());
        Map<String, Range> ranges = new LinkedHashMap<>();
        try (SymbolNetwork network = new SymbolNetwork(measured, fused::valuesOf)) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                List<byte[]> batch = samples.subList(from, Math.min(samples.size(), from + BATCH));
                try (NDManager scope = network.manager().newSubManager()) {
                    NDList outputs = network.heads(pack(batch, image, scope), false, scope);
                    for (int layer = 0; layer < layers.size(); layer++) {
                        ranges.merge(layers.get(layer), range(outputs.get(layer)), Range::union);
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

    private static Range range(NDArray values) {
        try (NDArray least = values.min();
                NDArray greatest = values.max()) {
            return new Range(least.getFloat(), greatest.getFloat());
        }
    }

    /** Returns the graph with the layers as its outputs. */
    private static String withHeads(String json, List<String> layers) {
        SymbolNodes nodes = SymbolNodes.of(json);
        Map<String, Integer> numbers = new HashMap<>();
        for (int node = 0; node < nodes.size(); node++) {
            numbers.put(nodes.name(node), node);
        }
        ArrayNode heads = nodes.graph().putArray("heads");
        for (String layer : layers) {
            Integer number =
                    numbers.get(layer.endsWith(OUTPUT) ? layer.substring(0, layer.length() - OUTPUT.length()) : layer);
            if (number == null) {
                throw new IllegalStateException(
                        "the engine asks for the range of " + layer + ", which is not in the graph");
            }
            heads.addArray().add(number).add(0).add(0);
        }
        return nodes.graph().toString();
    }
}
