package io.resnetstreams.model.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.resnetstreams.common.Ranges;
import java.util.Locale;

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
        return Ranges.oneOf("precision", name, values(), Precision::toString);
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
