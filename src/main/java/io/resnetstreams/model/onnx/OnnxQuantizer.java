package io.resnetstreams.model.onnx;

import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.onnx.OnnxGraph.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Represents tensors in eight bits by pairs of QuantizeLinear and DequantizeLinear, from which ONNX Runtime derives its
 * int8 operators. Activations have one scale for each tensor, weights one for each output channel.
 */
final class OnnxQuantizer {
    /** Weights use seven bits: without VNNI, the sum of two products of eight bits can exceed 16 bits. */
    private static final int LARGEST_WEIGHT = 63;

    private static final int LEVELS = 255;
    private static final float LEAST_SCALE = 1e-8f;

    /** The least and the greatest value of a tensor. */
    record Range(float low, float high) {
        Range union(Range other) {
            return new Range(Math.min(low, other.low), Math.max(high, other.high));
        }

        /** The scale and the zero point; 0 is represented exactly, since padding adds zeros. */
        float scale() {
            return Math.max((Math.max(0, high) - Math.min(0, low)) / LEVELS, LEAST_SCALE);
        }

        int zero() {
            return Math.max(0, Math.min(LEVELS, Math.round(-Math.min(0, low) / scale())));
        }
    }

    /** Null while the ranges are measured. */
    private final Map<String, Range> ranges;

    private final Set<String> measured = new LinkedHashSet<>();
    private final Map<String, String> eightBits = new HashMap<>();
    private final Map<String, String> sameRange = new HashMap<>();
    private OnnxGraph graph;

    private OnnxQuantizer(Map<String, Range> ranges) {
        this.ranges = ranges;
    }

    /** Returns one that adds the tensors that need a range to the outputs of a network, which stays in fp32. */
    static OnnxQuantizer measuring() {
        return new OnnxQuantizer(null);
    }

    /** Returns one that quantizes with the ranges of tensors. */
    static OnnxQuantizer of(Map<String, Range> ranges) {
        return new OnnxQuantizer(ranges);
    }

    void setGraph(OnnxGraph graph) {
        this.graph = graph;
    }

    /** Adds the measured tensors to the outputs, while the ranges are measured. */
    void addOutputs(String output) {
        if (ranges == null) {
            measured.remove(output);
            measured.forEach(name -> graph.output(name, Type.FLOAT));
        }
    }

    /** Says that a tensor has the values of another one. */
    void keepsRange(String tensor, String of) {
        sameRange.put(tensor, of);
    }

    private String source(String tensor) {
        String source = tensor;
        while (sameRange.containsKey(source)) {
            source = sameRange.get(source);
        }
        return source;
    }

    private Range range(String tensor) {
        Range range = ranges.get(source(tensor));
        if (range == null) {
            throw new IllegalStateException("the range of " + source(tensor) + " was not measured");
        }
        return range;
    }

    /** Returns a tensor in eight bits and back. */
    String activation(String tensor) {
        measured.add(source(tensor));
        return ranges == null ? tensor : eightBits.computeIfAbsent(tensor, this::represented);
    }

    private String represented(String tensor) {
        Range range = range(tensor);
        int[] scalar = {};
        String scale = tensor + ".scale";
        String zero = tensor + ".zero";
        graph.floats(scale, scalar, new float[] {range.scale()});
        graph.bytes(zero, Type.UINT8, scalar, (byte) range.zero());
        String quantized = graph.node("QuantizeLinear", tensor + ".uint8", Map.of(), tensor, scale, zero);
        return graph.node("DequantizeLinear", tensor + ".float", Map.of(), quantized, scale, zero);
    }

    /** Returns the inputs of a convolution: activation, weights, and the bias unless it is null. */
    List<String> convolution(String activation, ParameterShape weights, float[] values, float[] bias) {
        List<String> inputs = new ArrayList<>(List.of(activation(activation)));
        if (ranges == null) {
            inputs.add(floats(weights.name(), weights.shape(), values));
            if (bias != null) {
                inputs.add(floats(weights.name() + ".shift", new int[] {bias.length}, bias));
            }
            return inputs;
        }
        int channels = weights.shape()[0];
        float[] scales = new float[channels];
        byte[] rounded = rounded(values, scales);
        int[] perChannel = {channels};
        String name = weights.name();
        graph.bytes(name + ".int8", Type.INT8, weights.shape(), rounded);
        inputs.add(dequantized(name, ".int8", scales));
        if (bias != null) {
            float inputScale = range(activation).scale();
            int[] biases = new int[channels];
            float[] biasScales = new float[channels];
            for (int channel = 0; channel < channels; channel++) {
                biasScales[channel] = inputScale * scales[channel];
                // A cast saturates.
                biases[channel] = (int) Math.rint((double) bias[channel] / biasScales[channel]);
            }
            graph.ints(name + ".shift.int32", perChannel, biases);
            inputs.add(dequantized(name + ".shift", ".int32", biasScales));
        }
        return inputs;
    }

    private String floats(String name, int[] shape, float[] values) {
        if (!graph.hasInitializer(name)) {
            graph.floats(name, shape, values);
        }
        return name;
    }

    private static byte[] rounded(float[] values, float[] scales) {
        byte[] rounded = new byte[values.length];
        int perChannel = values.length / scales.length;
        for (int channel = 0; channel < scales.length; channel++) {
            int from = channel * perChannel;
            float largest = 0;
            for (int i = from; i < from + perChannel; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            scales[channel] = Math.max(largest / LARGEST_WEIGHT, LEAST_SCALE);
            for (int i = from; i < from + perChannel; i++) {
                rounded[i] = (byte) Math.round(values[i] / scales[channel]);
            }
        }
        return rounded;
    }

    /** Adds a scale for each channel and the conversion to float. */
    private String dequantized(String name, String type, float[] scales) {
        int[] shape = {scales.length};
        graph.floats(name + ".scales", shape, scales);
        String zeros = name + ".zeros";
        if (type.equals(".int8")) {
            graph.bytes(zeros, Type.INT8, shape, new byte[scales.length]);
        } else {
            graph.ints(zeros, shape, new int[scales.length]);
        }
        return graph.node("DequantizeLinear", name + ".float", Map.of("axis", 0), name + type, name + ".scales", zeros);
    }

    /** Returns the names of the tensors whose ranges are needed. */
    List<String> measured() {
        return List.copyOf(measured);
    }
}
