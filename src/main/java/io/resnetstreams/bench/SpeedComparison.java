package io.resnetstreams.bench;

import io.resnetstreams.inference.engine.DeviceModel;
import java.util.Map;

/** How fast one model is against another, pixels ready in memory, in turn. */
public final class SpeedComparison {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 1;

    private SpeedComparison() {}

    /** Images per second of both. */
    public record Rates(double before, double after) {
        public double ratio() {
            return after / before;
        }
    }

    /** Measures two loaded models, medians of five rounds after one for warm-up. */
    public static Rates measure(DeviceModel before, DeviceModel after, int batchSize) throws Exception {
        byte[] image = new byte[before.imageBytes()];
        Map<String, Double> medians = new Rounds(ROUNDS)
                .add("before", () -> DeviceLoad.rate(before.classifiers(), image, batchSize, SECONDS))
                .add("after", () -> DeviceLoad.rate(after.classifiers(), image, batchSize, SECONDS))
                .medians();
        return new Rates(medians.get("before"), medians.get("after"));
    }
}
