package io.resnetstreams.model.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.network.SymbolNodes;
import io.resnetstreams.model.network.SymbolPasses;
import io.resnetstreams.model.network.SymbolPasses.Range;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxQuantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts a model from fp32 to a lower precision.
 *
 * <p>For MXNet, int8 is its own post-training quantization for CPUs (python/mxnet/contrib/quantization.py, mode {@code naive}):
 * convolutions are fused with the operators that follow them, and range calibration gives each of their inputs one scale.
 * The dense layer and softmax stay in fp32, and so do the parameters on disk: the engine quantizes weights on the first
 * batch.
 */
public final class ModelQuantization {
    /** The dense layer: int8 would cost accuracy there and save no measurable time. */
    private static final List<String> KEPT_OPERATORS = List.of("_sg_mkldnn_fully_connected");

    private static final int BATCH = 8;

    private ModelQuantization() {}

    /**
     * Writes the model in another precision.
     *
     * @param engine the engine that int8 is for, since each has its own form
     * @param samples images for the range calibration of int8, uint8 H×W×3 of the model's input size; unused otherwise
     * @throws IllegalArgumentException if the model is not in fp32, the precision is fp32, int8 has no samples, or the engine
     *     does not have the precision
     */
    public static ModelDirectory write(
            ModelDirectory source,
            Precision precision,
            EngineName engine,
            List<byte[]> samples,
            String name,
            ModelDescription.Provenance provenance,
            Path directory)
            throws IOException {
        ModelDescription description = source.description();
        if (description.precision() != Precision.FP32) {
            throw new IllegalArgumentException("the model " + source.directory() + " is in " + description.precision()
                    + "; only models in fp32 can be converted");
        }
        if (precision == Precision.FP32) {
            throw new IllegalArgumentException("precision is fp32; the model has this precision already");
        }
        if (precision == Precision.BF16 && engine == EngineName.ONNXRUNTIME) {
            throw new IllegalArgumentException("precision is bf16, which only MXNet computes; the engine is " + engine);
        }
        if (precision == Precision.INT8 && samples.isEmpty()) {
            throw new IllegalArgumentException("int8 needs sample images for the range calibration");
        }
        try {
            if (precision == Precision.INT8 && engine == EngineName.ONNXRUNTIME) {
                OnnxModel quantized = OnnxQuantization.quantize(
                        source.network(), samples, description.inputHeight(), description.inputWidth());
                ModelWriter.write(
                        directory,
                        description.inPrecision(name, precision, engine, provenance),
                        source.labels(),
                        quantized);
                return ModelDirectory.load(directory);
            }
            Shape image = new Shape(description.inputHeight(), description.inputWidth(), 3);
            Network converted = precision == Precision.INT8
                    ? int8(source.network(), samples, image)
                    : ReducedPrecision.convert(BatchNormFolding.fold(source.network()), precision);
            ModelWriter.write(
                    directory,
                    description.inPrecision(name, precision, precision == Precision.FP16 ? null : engine, provenance),
                    source.labels(),
                    converted.symbol(),
                    converted::valuesOf);
            return ModelDirectory.load(directory);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Network int8(Network network, List<byte[]> samples, Shape image) {
        String fused = SymbolPasses.fuse(network.symbol().json());
        SymbolPasses.Quantized quantized = SymbolPasses.quantize(fused, KEPT_OPERATORS);
        Network floats = new Network(network.symbol().withGraph(fused), network.values());
        Map<String, Range> ranges = measure(floats, quantized.layers(), samples, image);
        String calibrated = SymbolPasses.fuse(SymbolPasses.setRanges(quantized.json(), ranges));
        return new Network(network.symbol().withGraph(calibrated), network.values());
    }

    /** Returns each layer's range over samples, uint8 H×W×3; a layer is an operator's name and {@code _output}. */
    private static Map<String, Range> measure(Network fused, List<String> layers, List<byte[]> samples, Shape image) {
        ResNetSymbol measured =
                fused.symbol().withGraph(withHeads(fused.symbol().json(), layers));
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
            Integer number = numbers.get(layer.replaceFirst("_output$", ""));
            if (number == null) {
                throw new IllegalStateException(
                        "the engine asks for the range of " + layer + ", which is not in the graph");
            }
            heads.addArray().add(number).add(0).add(0);
        }
        return nodes.graph().toString();
    }
}
