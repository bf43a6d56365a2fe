package io.resnetstreams.bench;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.convert.FormulaWeights;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes models of any architecture with weights from a formula, for measurements that need no accuracy. */
public final class FormulaModel {
    private static final int RESIZE = 256;
    private static final long SEED = 1;

    private FormulaModel() {}

    /** Writes a model for images of the architecture's default size, with ImageNet's preprocessing if that is 224. */
    public static ModelDirectory write(Path directory, String architecture, int classes)
            throws IOException, InvalidModelException {
        ResNetArchitecture built = ResNetArchitecture.of(architecture);
        int size = built.defaultInputSize();
        ModelDescription description = new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                architecture + "-formula",
                architecture,
                size,
                size,
                built.stem() != ResNetArchitecture.Stem.SMALL ? RESIZE : 0,
                List.of(0.485, 0.456, 0.406),
                List.of(0.229, 0.224, 0.225),
                Math.min(5, classes),
                Precision.FP32,
                null,
                null,
                null,
                Map.of());
        List<String> labels =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        FormulaWeights weights = new FormulaWeights(SEED);
        ModelWriter.write(
                directory,
                description,
                labels,
                parameter -> parameter.kind() == ParameterShape.Kind.CONSTANT
                        ? ResNetSymbol.constant(parameter, description.normalisation())
                        : weights.values(parameter));
        return ModelDirectory.load(directory);
    }
}
