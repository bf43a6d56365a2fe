package io.resnetstreams.model.onnx;

import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.onnx.OnnxQuantizer.Range;
import io.resnetstreams.model.onnx.OnnxSession.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Post-training quantization to int8 for ONNX Runtime: range calibration by the least and the greatest value, convolutions and
 * sums in eight bits, the dense layer and softmax in fp32.
 */
public final class OnnxQuantization {
    private static final int BATCH = 4; // all tensors of a batch are in memory at once

    private OnnxQuantization() {}

    /**
     * Quantizes a network in fp32.
     *
     * @param samples images for the range calibration, uint8 H×W×3
     */
    public static OnnxModel quantize(Network network, List<byte[]> samples, int height, int width) throws IOException {
        Map<String, Range> ranges = measure(network, samples, height, width);
        return OnnxConversion.convert(network, height, width, OnnxQuantizer.of(ranges));
    }

    private static Map<String, Range> measure(Network network, List<byte[]> samples, int height, int width)
            throws IOException {
        OnnxQuantizer quantizer = OnnxQuantizer.measuring();
        OnnxModel measured = OnnxConversion.convert(network, height, width, quantizer);
        List<String> tensors = quantizer.measured();
        Map<String, Range> ranges = new LinkedHashMap<>();
        try (OnnxSession session = OnnxSession.load(measured)) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                List<byte[]> batch = samples.subList(from, Math.min(samples.size(), from + BATCH));
                ByteBuffer pixels = ByteBuffer.allocateDirect(batch.size() * height * width * 3);
                batch.forEach(pixels::put);
                List<Output> outputs = session.run(pixels.flip(), true, batch.size(), height, width, 3);
                for (int tensor = 0; tensor < tensors.size(); tensor++) {
                    // The first output is the network's own.
                    ranges.merge(
                            tensors.get(tensor), range(outputs.get(tensor + 1).values()), Range::union);
                }
            }
        }
        return ranges;
    }

    private static Range range(float[] values) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new Range(low, high);
    }
}
