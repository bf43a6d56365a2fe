package io.resnetstreams.bench;

import io.resnetstreams.inference.engine.DeviceModel;
import java.util.Map;

/** Compares the speed of two models with pixels in memory. */
public final class SpeedComparison {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 1;

    private SpeedComparison() {}

    /** Images per second of both models. */
    public record Rates(double before, double after) {
        /** Returns the speed of the second model relative to the first. */
        public double ratio() {
            return after / before;
        }
    }

    /** Measures the models in turn; returns the medians of five rounds. */
    public static Rates measure(DeviceModel before, DeviceModel after, int batchSize) throws Exception {
        byte[] image = new byte[before.imageBytes()];
        Map<String, Double> medians = new Rounds(ROUNDS)
                .add("before", () -> DeviceLoad.rate(before.classifiers(), image, batchSize, SECONDS))
                .add("after", () -> DeviceLoad.rate(after.classifiers(), image, batchSize, SECONDS))
                .medians();
        return new Rates(medians.get("before"), medians.get("after"));
    }
}
