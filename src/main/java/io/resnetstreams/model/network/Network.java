package io.resnetstreams.model.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A graph and the values of its parameters, row-major, by name. */
public record Network(ResNetSymbol symbol, Map<String, float[]> values) {
    /** Reads a network in the engine's format; throws an {@link IllegalArgumentException} if a file can't be read. */
    public static Network read(Path symbolFile, Path parametersFile) {
        ParametersFile.Content content = ParametersFile.read(parametersFile);
        try {
            return new Network(new ResNetSymbol(Files.readString(symbolFile), content.shapes()), content.values());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + symbolFile + ": " + e.getMessage(), e);
        }
    }

    /** Returns a parameter's values; null if there are none. */
    public float[] valuesOf(ParameterShape parameter) {
        return values.get(parameter.name());
    }
}
