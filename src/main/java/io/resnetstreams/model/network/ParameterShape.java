package io.resnetstreams.model.network;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A parameter of a network: its name, as in torchvision's state dict, its kind and its shape. */
public record ParameterShape(String name, Kind kind, int... shape) {
    /** What changes a parameter. */
    public enum Kind {
        /** Gradient descent. */
        TRAINED,
        /** The running mean or variance of a batch normalisation; an auxiliary state in MXNet. */
        RUNNING,
        /** Nothing: a constant of the input's normalisation. */
        CONSTANT
    }

    /** Returns the number of values. */
    public int size() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Returns the shape as MXNet writes it: {@code (64,3,7,7)}. */
    String tuple() {
        return Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(",", "(", ")"));
    }
}
