package io.resnetstreams.model.onnx;

import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.onnx.OnnxQuantizer.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Post-training quantization to int8 for ONNX Runtime: range calibration by the least and the greatest value, convolutions and
 * sums in eight bits, the dense layer and softmax in fp32.
 */
public final class OnnxQuantization {
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
        Map<String, Range> ranges = new LinkedHashMap<>();
        // Nothing refers to the network in Java's memory once it is loaded.
        try (OnnxSession session = OnnxSession.load(OnnxConversion.convert(network, height, width, quantizer))) {
            List<String> tensors = quantizer.measured();
            // One image at a time, since all tensors of a batch are in native memory at once.
            ByteBuffer pixels = ByteBuffer.allocateDirect(height * width * 3);
            for (byte[] sample : samples) {
                pixels.clear().put(sample);
                // The first output is the network's own.
                AtomicInteger output = new AtomicInteger(-1);
                session.run(
                        pixels.flip(),
                        true,
                        tensor -> {
                            int index = output.getAndIncrement();
                            if (index >= 0) {
                                ranges.merge(tensors.get(index), range(tensor.values()), Range::union);
                            }
                        },
                        1,
                        height,
                        width,
                        3);
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
