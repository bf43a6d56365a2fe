package io.resnetstreams.model.network;

import java.util.Map;

/**
 * A graph and the values of its parameters, row-major, by name. The values of a network that is read from a file are read each
 * time that they are asked for.
 */
public record Network(ResNetSymbol symbol, Map<String, float[]> values) {
    /** Returns a parameter's values; null if there are none. */
    public float[] valuesOf(ParameterShape parameter) {
        return values.get(parameter.name());
    }
}
