package io.resnetstreams.model;

import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes small models for tests: a ResNet-20 for images of 2×2 pixels, whose parameters all have the same value. */
public final class TestModels {
    static final String NAME = "tiny";
    public static final List<String> LABELS = List.of("zero", "one", "two", "three", "four", "five", "six", "seven");

    private TestModels() {}

    static ModelDescription description() {
        return new ModelDescription(
                1,
                NAME,
                "resnet20",
                2,
                2,
                0,
                List.of(0.5, 0.5, 0.5),
                List.of(0.25, 0.25, 0.25),
                3,
                Precision.FP32,
                null,
                null,
                "Apache-2.0",
                Map.of());
    }

    public static void write(Path directory) throws IOException {
        write(directory, description());
    }

    static void write(Path directory, ModelDescription description) throws IOException {
        ResNetSymbol symbol = ResNetSymbol.of(
                ResNetArchitecture.of(description.architecture()), LABELS.size(), ResNetSymbol.Output.PROBABILITIES);
        ModelWriter.write(directory, description, LABELS, parameter -> {
            float[] constant = new float[parameter.size()];
            Arrays.fill(constant, 0.125f);
            return constant;
        });
    }
}
