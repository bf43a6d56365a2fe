package io.resnetstreams.cli;

import io.resnetstreams.cli.Charts.Curve;
import io.resnetstreams.model.ResNetTrainer.Epoch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A training's accuracy over its epochs. */
final class LearningCurve {
    private LearningCurve() {}

    static Map<String, Curve> of(List<Epoch> epochs) {
        Map<String, Curve> curves = new LinkedHashMap<>();
        curves.put("training images (augmented)", curve(epochs, Epoch::trainAccuracy));
        curves.put("held-out images", curve(epochs, Epoch::testAccuracy));
        return curves;
    }

    /** Returns one figure of each epoch. */
    static Curve curve(List<Epoch> epochs, ToDoubleFunction<Epoch> figure) {
        return new Curve(
                epochs.stream().mapToDouble(Epoch::epoch).toArray(),
                epochs.stream().mapToDouble(figure).toArray());
    }
}
