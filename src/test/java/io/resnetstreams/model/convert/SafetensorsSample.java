package io.resnetstreams.model.convert;

import io.resnetstreams.model.network.StateDictFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Writes a checkpoint with torchvision's names, for tests of other packages. */
public final class SafetensorsSample {
    private SafetensorsSample() {}

    /** Writes a network whose values are computed by a formula. */
    public static void write(Path file, String architecture, int classes) throws IOException {
        StateDictFile.write(
                file,
                StateDictFile.parameters(architecture, classes),
                UnaryOperator.identity(),
                "F32",
                new FormulaWeights(3)::values);
    }
}
