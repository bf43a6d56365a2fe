package io.resnetstreams.model.convert;

import ai.djl.ndarray.types.Shape;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolPasses;
import io.resnetstreams.model.network.SymbolPasses.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Converts a model from fp32 to a lower precision.
 *
 * <p>int8 is MXNet's post-training quantization for CPUs (python/mxnet/contrib/quantization.py, mode {@code naive}):
 * convolutions are fused with the operators that follow them, and range calibration gives each of their inputs one scale.
 * The dense layer and softmax stay in fp32, and so do the parameters on disk: the engine quantizes weights on the first
 * batch.
 */
public final class ModelQuantization {
    /** The dense layer: int8 would cost accuracy there and save no measurable time. */
    private static final List<String> KEPT_OPERATORS = List.of("_sg_mkldnn_fully_connected");

    private ModelQuantization() {}

    /**
     * Writes the model in another precision.
     *
     * @param samples images for the range calibration of int8, uint8 H×W×3 of the model's input size; unused otherwise
     * @param name the new model's name
     * @throws IllegalArgumentException if the model is not in fp32, the precision is fp32, or int8 has no samples
     */
    public static ModelDirectory write(
            ModelDirectory source,
            Precision precision,
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
        try {
            Network network = source.network();
            Network converted =
                    switch (precision) {
                        case INT8 -> int8(
                                network, samples, new Shape(description.inputHeight(), description.inputWidth(), 3));
                        case BF16, FP16 -> {
                            Network folded = BatchNormFolding.fold(network);
                            yield new Network(ReducedPrecision.convert(folded.symbol(), precision), folded.values());
                        }
                        case FP32 -> throw new IllegalArgumentException(
                                "precision is fp32; the model has this precision already");
                    };
            ModelWriter.write(
                    directory,
                    description.inPrecision(name, precision, provenance),
                    source.labels(),
                    converted.symbol(),
                    converted::valuesOf);
            return ModelDirectory.load(directory);
        } catch (InvalidModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Network int8(Network network, List<byte[]> samples, Shape image) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("int8 needs sample images for the range calibration");
        }
        String fused = SymbolPasses.fuse(network.symbol().json());
        SymbolPasses.Quantized quantized = SymbolPasses.quantize(fused, KEPT_OPERATORS);
        Map<String, Range> ranges = RangeCalibration.measure(
                new Network(new ResNetSymbol(fused, network.symbol().parameters()), network.values()),
                quantized.layers(),
                samples,
                image);
        String calibrated = SymbolPasses.fuse(SymbolPasses.setRanges(quantized.json(), ranges));
        return new Network(new ResNetSymbol(calibrated, network.symbol().parameters()), network.values());
    }
}
