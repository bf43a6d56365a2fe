package io.resnetstreams.model.network;

import java.util.Collections;
import java.util.List;

/** How pixels of 0 to 255 are normalised for the network: {@code (pixel / 255 - mean) / std}, for red, green and blue. */
public record Normalisation(List<Double> mean, List<Double> std) {
    /** Leaves pixels as they are. */
    public static final Normalisation NONE =
            new Normalisation(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1 / 255.0));

    public Normalisation {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException(
                    "mean is " + mean + " and std is " + std + "; both must have three values: red, green, blue");
        }
        if (mean.stream().anyMatch(value -> !(value >= 0 && value <= 1))) {
            throw new IllegalArgumentException(
                    "mean is " + mean + "; each value must be from 0 to 1, because pixels are divided by 255");
        }
        if (std.stream().anyMatch(value -> !(value > 0 && value <= 1))) {
            throw new IllegalArgumentException("std is " + std + "; each value must be above 0 and at most 1, because"
                    + " pixels are divided by 255");
        }
    }

    /** Returns the values that are subtracted from a pixel of 0 to 255, one per channel. */
    public float[] offset() {
        return floats(mean.stream().mapToDouble(value -> value * 255).toArray());
    }

    /** Returns the factors that the differences are then multiplied by. */
    public float[] scale() {
        return floats(std.stream().mapToDouble(value -> 1 / (value * 255)).toArray());
    }

    private static float[] floats(double... values) {
        return new float[] {(float) values[0], (float) values[1], (float) values[2]};
    }
}
