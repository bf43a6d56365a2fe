package io.resnetstreams.precision;

import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import java.util.Optional;

/**
 * The model that is used, and what is known about its precision.
 *
 * @param model the model in fp32 or a conversion of it
 * @param decision the decision; null if there was none, since nothing was asked for or there were too few images
 */
public record PrecisionChoice(ModelDirectory model, Decision decision) {
    /** Returns the model as its directory is stored. */
    public static PrecisionChoice asStored(ModelDirectory model) {
        return new PrecisionChoice(model, null);
    }

    /** Returns the share of held-out images with the labels of fp32: 1 for a model in fp32; NaN if it was not measured. */
    public double agreement() {
        return chosen().map(Trial::agreement).orElse(ofFp32());
    }

    /** Returns the speed relative to fp32: 1 for a model in fp32; NaN if it was not measured. */
    public double gain() {
        return chosen().map(Trial::gain).orElse(ofFp32());
    }

    private double ofFp32() {
        return model.description().precision() == Precision.FP32 ? 1 : Double.NaN;
    }

    private Optional<Trial> chosen() {
        return decision == null ? Optional.empty() : decision.chosen();
    }
}
