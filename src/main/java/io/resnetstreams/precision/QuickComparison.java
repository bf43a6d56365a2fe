package io.resnetstreams.precision;

import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Compares a small model with a conversion of it that is there already, on the CPU, within about two seconds. */
public final class QuickComparison {
    private static final int ROUNDS = 3;
    private static final long MILLIS = 100;
    private static final int LARGEST_BATCH = 32;

    private QuickComparison() {}

    /**
     * Measures both.
     *
     * @param engine the engine for the model in fp32; the conversion may be for another one
     * @param images uint8 H×W×3 of the model's input size
     * @return the result, which is accepted if it is clearly faster and agrees enough
     * @throws IllegalArgumentException if one of them can't be loaded
     */
    public static Trial measure(
            ModelDirectory fp32, EngineName engine, ModelDirectory conversion, List<byte[]> images, double minAgreement)
            throws InterruptedException, ExecutionException {
        EngineName other = conversion.engines().contains(engine)
                ? engine
                : conversion.engines().iterator().next();
        Candidate candidate = new Candidate(conversion.description().precision(), other, null);
        try (LoadedModel before = load(engine, fp32);
                LoadedModel after = load(other, conversion)) {
            double agreement = PrecisionSearch.agreement(before.classes(images), after.classes(images));
            double gain = SpeedComparison.measureBest(before.onDevice(), after.onDevice(), ROUNDS, MILLIS)
                    .ratio();
            return Trial.measured(candidate, agreement, gain, minAgreement);
        }
    }

    private static LoadedModel load(EngineName engine, ModelDirectory model) {
        int workers = Runtime.getRuntime().availableProcessors();
        return new LoadedModel(model, DeviceModel.load(engine, model, ComputeDevice.CPU, workers, LARGEST_BATCH));
    }
}
