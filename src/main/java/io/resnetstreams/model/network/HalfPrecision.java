package io.resnetstreams.model.network;

import ai.djl.util.Float16Utils;

/** Conversion to IEEE 754 binary16. */
public final class HalfPrecision {
    private HalfPrecision() {}

    /** Returns the bits of the nearest value in 16 bits. */
    public static short bits(float value) {
        return Float16Utils.floatToHalf(value);
    }
}
