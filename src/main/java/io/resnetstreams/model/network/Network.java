package io.resnetstreams.model.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A graph and the values of its parameters, row-major, by name. */
public record Network(ResNetSymbol symbol, Map<String, float[]> values) {
    /**
     * Reads a network in the engine's format.
     *
     * @throws IllegalArgumentException if a file can't be read
     */
    public static Network read(Path symbolFile, Path parametersFile) {
        Map<String, ParameterShape> shapes = new LinkedHashMap<>();
        Map<String, float[]> values = new LinkedHashMap<>();
        ParametersFile.read(parametersFile).forEach((name, stored) -> {
            shapes.put(name, stored.shape());
            values.put(name, stored.values());
        });
        try {
            return new Network(new ResNetSymbol(Files.readString(symbolFile), shapes), values);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + symbolFile + ": " + e.getMessage(), e);
        }
    }

    /** Returns a parameter's values; null if there are none. */
    public float[] valuesOf(ParameterShape parameter) {
        return values.get(parameter.name());
    }
}
