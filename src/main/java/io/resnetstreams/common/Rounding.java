package io.resnetstreams.common;

/** Rounds figures to their significant digits. */
public final class Rounding {
    private Rounding() {}

    /** Rounds to this number of decimals. */
    public static double to(int digits, double value) {
        double factor = Math.pow(10, digits);
        return Math.round(value * factor) / factor;
    }
}
