package io.resnetstreams.precision;

import io.resnetstreams.common.Ranges;

/**
 * Which precision a model is run in.
 *
 * @param mode {@code model}: that of the model's directory; {@code auto}: the fastest that gives the same labels
 * @param minAgreement the smallest share of held-out images whose first label is that of fp32; above 0, at most 1
 * @param images a folder of images or an IDX data set for the calibration and the comparison; empty for others
 * @param samples the largest number of images; a third of them is held out
 */
public record PrecisionSettings(String mode, double minAgreement, String images, int samples) {
    /** The mode that looks for a faster precision. */
    public static final String AUTO = "auto";

    private static final String MODEL = "model";
    private static final int MOST_IMAGES = 10_000;

    public PrecisionSettings {
        if (!mode.equals(MODEL) && !mode.equals(AUTO)) {
            throw new IllegalArgumentException("mode is '" + mode + "'; allowed are model and auto");
        }
        if (!(minAgreement > 0 && minAgreement <= 1)) {
            throw new IllegalArgumentException(
                    "minAgreement is " + minAgreement + "; it must be greater than 0 and at most 1");
        }
        Ranges.require("samples", samples, Samples.LEAST_IMAGES, MOST_IMAGES);
    }

    /** Returns whether a faster precision is wanted. */
    public boolean wantsFaster() {
        return mode.equals(AUTO);
    }
}
