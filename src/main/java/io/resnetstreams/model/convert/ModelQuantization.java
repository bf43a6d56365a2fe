package io.resnetstreams.model.convert;

import ai.djl.ndarray.types.Shape;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParametersReader;
import io.resnetstreams.model.network.ParametersReader.Stored;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolPasses;
import io.resnetstreams.model.network.ValueRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a model of a lower precision out of one in fp32.
 *
 * <p>int8 is MXNet's own post-training quantization for CPUs (python/mxnet/contrib/quantization.py, calibration by least
 * and greatest value): convolutions are fused with what follows them, their inputs get one scale each from the samples.
 * The dense layer and softmax stay in fp32, and so do the parameters on disk: the engine quantizes weights when it first
 * runs.
 */
public final class ModelQuantization {
    /** Its logits decide; in eight bits it costs accuracy and saves nothing that can be measured. */
    private static final List<String> KEPT_OPERATORS = List.of("_sg_mkldnn_fully_connected");

    private ModelQuantization() {}

    /**
     * Writes the model in another precision.
     *
     * @param samples images for int8's calibration, uint8 H×W×3 of the model's input size; other precisions need none
     * @param name of the new model
     * @throws IllegalArgumentException if the model is not fp32, the precision is, or there are no samples for int8
     */
    public static ModelDirectory write(
            ModelDirectory source,
            Precision precision,
            List<byte[]> samples,
            String name,
            ModelDescription.Provenance provenance,
            Path directory)
            throws IOException {
        if (source.description().precision() != Precision.FP32) {
            throw new IllegalArgumentException("the model " + source.directory() + " is in "
                    + source.description().precision() + "; fp32 is needed to make another precision of");
        }
        Map<String, Stored> stored =
                ParametersReader.stored(source.directory().resolve(ModelDirectory.parametersFile(source.name())));
        Map<String, ParameterShape> shapes = new LinkedHashMap<>();
        stored.forEach((parameter, array) -> shapes.put(parameter, array.shape()));
        ResNetSymbol network = new ResNetSymbol(
                Files.readString(source.directory().resolve(ModelDirectory.symbolFile(source.name()))), shapes);
        ModelDescription description = source.description().inPrecision(name, precision, provenance);
        try {
            switch (precision) {
                case INT8 -> {
                    ResNetSymbol quantized = int8(network, stored, samples, source);
                    ModelDirectory.write(directory, description, source.labels(), quantized, parameter -> stored.get(
                                    parameter.name())
                            .values());
                }
                case BF16, FP16 -> writeReduced(network, stored, source.labels(), description, directory);
                default -> throw new IllegalArgumentException("precision is fp32; the model has it already");
            }
            return ModelDirectory.load(directory);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static ResNetSymbol int8(
            ResNetSymbol network, Map<String, Stored> stored, List<byte[]> samples, ModelDirectory source)
            throws IOException {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("int8 needs sample images to find the ranges of the layers");
        }
        ResNetSymbol fused = new ResNetSymbol(SymbolPasses.fuse(network.json()), network.parameters());
        SymbolPasses.Quantized quantized = SymbolPasses.quantize(fused.json(), KEPT_OPERATORS);
        Map<String, ValueRange> ranges = LayerRanges.measure(
                fused,
                parameter -> stored.get(parameter.name()).values(),
                quantized.layers(),
                samples,
                new Shape(
                        source.description().inputHeight(), source.description().inputWidth(), 3));
        String calibrated = SymbolPasses.calibrate(quantized.json(), ranges);
        return new ResNetSymbol(SymbolPasses.fuse(calibrated), network.parameters());
    }

    private static void writeReduced(
            ResNetSymbol network,
            Map<String, Stored> stored,
            List<String> labels,
            ModelDescription description,
            Path directory)
            throws IOException, InvalidModelException {
        Map<String, float[]> values = new LinkedHashMap<>();
        stored.forEach((parameter, array) -> values.put(parameter, array.values()));
        BatchNormFolding.Network folded = BatchNormFolding.fold(new BatchNormFolding.Network(network.json(), values));
        Map<String, ParameterShape> left = new LinkedHashMap<>(network.parameters());
        left.keySet().retainAll(folded.values().keySet());
        ResNetSymbol reduced = ReducedPrecision.convert(new ResNetSymbol(folded.json(), left), description.precision());
        ModelDirectory.write(directory, description, labels, reduced, parameter -> folded.values()
                .get(parameter.name()));
    }
}
