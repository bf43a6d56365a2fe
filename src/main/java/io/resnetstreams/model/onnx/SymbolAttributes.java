package io.resnetstreams.model.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The attributes of an operator in MXNet's symbol format, where each is a text.
 *
 * @param values an object; absent attributes have MXNet's default
 */
record SymbolAttributes(JsonNode values) {
    String text(String name, String otherwise) {
        return values.path(name).asText(otherwise);
    }

    int integer(String name, int otherwise) {
        return values.path(name).asInt(otherwise);
    }

    float number(String name, float otherwise) {
        return (float) values.path(name).asDouble(otherwise);
    }

    boolean isTrue(String name, boolean otherwise) {
        String value = text(name, otherwise ? "true" : "false").toLowerCase(Locale.ROOT);
        return value.equals("true") || value.equals("1");
    }

    /** Returns a tuple such as {@code (3,3)}. */
    int[] numbers(String name, int[] otherwise) {
        String digits = text(name, "").replaceAll("[()\\[\\]\\s]", "");
        return digits.isEmpty()
                ? otherwise
                : Arrays.stream(digits.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    static int[] ones(int length) {
        int[] ones = new int[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Returns the attributes that convolutions and pooling share in ONNX: kernel, strides and padding. */
    Map<String, Object> window(int[] kernel) {
        int[] pad = numbers("pad", new int[kernel.length]);
        int[] both = Arrays.copyOf(pad, 2 * pad.length);
        System.arraycopy(pad, 0, both, pad.length, pad.length);
        Map<String, Object> onnx = new LinkedHashMap<>();
        onnx.put("kernel_shape", kernel);
        onnx.put("strides", numbers("stride", ones(kernel.length)));
        onnx.put("pads", both);
        return onnx;
    }
}
