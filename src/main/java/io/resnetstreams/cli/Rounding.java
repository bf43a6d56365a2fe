package io.resnetstreams.cli;

/** Figures with as many digits as mean something. */
final class Rounding {
    private Rounding() {}

    static double to(int digits, double value) {
        double factor = Math.pow(10, digits);
        return Math.round(value * factor) / factor;
    }
}
