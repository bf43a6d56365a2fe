package io.resnetstreams.model.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The type that a network computes in. */
public enum Precision {
    FP32,
    /** IEEE 754 half precision, for GPUs. */
    FP16,
    /** The upper half of fp32 (Brain Floating Point), for processors with avx512_bf16. */
    BF16,
    /** Eight bits with a scale for each tensor, for CPUs; faster with VNNI. */
    INT8;

    /** Returns a precision by its name; throws an {@link IllegalArgumentException}, which lists all, if there is none. */
    @JsonCreator
    public static Precision of(String name) {
        return Arrays.stream(values())
                .filter(precision -> precision.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("precision is '" + name + "'; allowed are "
                        + Arrays.stream(values()).map(Precision::toString).collect(Collectors.joining(", "))));
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
