package io.resnetstreams.report;

import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A figure of a training over its epochs, of the images it learnt from and of those held out.
 *
 * @param name of the network; empty where there is only one
 */
public record LearningCurve(String name, double[] epochs, double[] training, double[] heldOut) {
    public static LearningCurve of(
            String name, List<Epoch> log, ToDoubleFunction<Epoch> training, ToDoubleFunction<Epoch> heldOut) {
        return new LearningCurve(
                name,
                log.stream().mapToDouble(Epoch::epoch).toArray(),
                log.stream().mapToDouble(training).toArray(),
                log.stream().mapToDouble(heldOut).toArray());
    }
}
