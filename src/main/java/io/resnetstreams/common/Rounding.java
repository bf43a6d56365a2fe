package io.resnetstreams.common;

/** Figures with as many digits as mean something. */
public final class Rounding {
    private Rounding() {}

    public static double to(int digits, double value) {
        double factor = Math.pow(10, digits);
        return Math.round(value * factor) / factor;
    }
}
