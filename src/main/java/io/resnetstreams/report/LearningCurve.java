package io.resnetstreams.report;

import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A metric of a training by epoch, for the training images and the held-out images.
 *
 * @param name of the network; empty if there is only one
 */
public record LearningCurve(String name, double[] epochs, double[] training, double[] heldOut) {
    /** Reads the metrics from a training log. */
    public static LearningCurve of(
            String name, List<Epoch> log, ToDoubleFunction<Epoch> training, ToDoubleFunction<Epoch> heldOut) {
        return new LearningCurve(
                name,
                log.stream().mapToDouble(Epoch::epoch).toArray(),
                log.stream().mapToDouble(training).toArray(),
                log.stream().mapToDouble(heldOut).toArray());
    }
}
