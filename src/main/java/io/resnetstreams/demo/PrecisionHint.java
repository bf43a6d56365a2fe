package io.resnetstreams.demo;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.inference.engine.EngineSelector.Selection;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.precision.QuickComparison;
import io.resnetstreams.precision.SampleFolders;
import io.resnetstreams.precision.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Measures what the int8 form of the demo's model gains, which is in the folder {@code NAME-int8} beside it. */
final class PrecisionHint {
    private static final int IMAGES = 300;

    private PrecisionHint() {}

    /**
     * Measures on the CPU.
     *
     * @param fp32 how the demo has run the model
     * @return empty if the demo has not run it in fp32 on the CPU, or if int8 would not be chosen
     */
    static Optional<Trial> measure(Configuration configuration, ModelDirectory model, Selection fp32)
            throws InterruptedException {
        Path beside = model.directory().resolveSibling(ModelDescription.nameOf(model.directory()) + "-int8");
        if (model.description().precision() != Precision.FP32
                || !fp32.models().get(0).deviceName().equals("cpu")
                || !Files.isDirectory(beside)) {
            return Optional.empty();
        }
        try {
            List<byte[]> images = SampleFolders.ofModel(
                            model, configuration.limits().image())
                    .orElseThrow()
                    .read(IMAGES);
            return Optional.of(QuickComparison.measure(
                            model,
                            fp32.engine(),
                            ModelDirectory.load(beside),
                            images,
                            configuration.precision().minAgreement()))
                    .filter(Trial::accepted);
        } catch (InvalidModelException | IOException | ExecutionException | RuntimeException e) {
            // It is only a hint: the demo has shown what it is for.
            return Optional.empty();
        }
    }
}
