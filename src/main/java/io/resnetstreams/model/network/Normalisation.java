package io.resnetstreams.model.network;

import java.util.Collections;
import java.util.List;

/** How pixels of 0 to 255 become the network's input: {@code (pixel / 255 - mean) / std}, for red, green and blue. */
public record Normalisation(List<Double> mean, List<Double> std) {
    /** Leaves pixels as they are. */
    public static final Normalisation NONE =
            new Normalisation(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1 / 255.0));

    public Normalisation {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException(
                    "mean is " + mean + " and std is " + std + "; three values each are needed: red, green, blue");
        }
        if (mean.stream().anyMatch(value -> !(value >= 0 && value <= 1))) {
            throw new IllegalArgumentException(
                    "mean is " + mean + "; each value must be 0 to 1, as pixels are that are" + " divided by 255");
        }
        if (std.stream().anyMatch(value -> !(value > 0 && value <= 1))) {
            throw new IllegalArgumentException("std is " + std + "; each value must be greater than 0 and at most 1, as"
                    + " pixels are divided by 255");
        }
    }

    /** Returns what is subtracted from a pixel of 0 to 255, for each channel. */
    float[] offset() {
        return new float[] {offset(0), offset(1), offset(2)};
    }

    /** Returns what the difference is then multiplied by. */
    float[] scale() {
        return new float[] {scale(0), scale(1), scale(2)};
    }

    private float offset(int channel) {
        return (float) (mean.get(channel) * 255);
    }

    private float scale(int channel) {
        return (float) (1 / (std.get(channel) * 255));
    }
}
