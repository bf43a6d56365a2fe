package io.resnetstreams.service;

import io.resnetstreams.common.Folders;
import io.resnetstreams.common.Processor;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.inference.engine.EngineDevices;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.precision.Circumstances;
import io.resnetstreams.precision.DecisionStore;
import io.resnetstreams.precision.ModelWorkbench;
import io.resnetstreams.precision.PrecisionChoice;
import io.resnetstreams.precision.PrecisionChooser;
import io.resnetstreams.precision.SampleFolders;
import io.resnetstreams.precision.SampleSource;
import io.resnetstreams.precision.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/** The model that an instance serves: the configured one, or with {@code precision.mode=auto} a conversion that is faster. */
public final class ServedModel {
    private ServedModel() {}

    /**
     * Chooses the model, and measures if that was not done before under the same circumstances.
     *
     * @param model the configured model
     * @param log receives what is told to people, line by line
     */
    public static PrecisionChoice choose(Configuration configuration, ModelDirectory model, Consumer<String> log)
            throws InterruptedException {
        if (!configuration.precision().wantsFaster()) {
            return PrecisionChoice.asStored(model);
        }
        if (model.description().precision() != Precision.FP32) {
            log.accept("Precision " + model.description().precision() + ", as the model " + model.name()
                    + " is stored; precision.mode=auto converts models in fp32");
            return PrecisionChoice.asStored(model);
        }
        SampleSource images = images(configuration, model, () -> new TopicSamples(configuration, model));
        Circumstances circumstances = circumstances(configuration, model, images.origin(), images.isNamed());
        PrecisionChoice choice = new PrecisionChooser(model, circumstances, DecisionStore.of(model), log)
                .choose(images, () -> workbench(configuration, model));
        // malloc keeps the memory of what was compared.
        Pointer.trimMemory();
        return choice;
    }

    /**
     * Returns the model that {@code run} has chosen, or else the configured one; measures nothing. An invalid model is a usage
     * error.
     */
    public static ModelDirectory asDecided(Configuration configuration) {
        ModelDirectory model = ClassificationStack.model(configuration.model());
        if (!configuration.precision().wantsFaster() || model.description().precision() != Precision.FP32) {
            return model;
        }
        Circumstances anyImages = circumstances(configuration, model, null, false);
        return new PrecisionChooser(model, anyImages, DecisionStore.of(model), line -> {})
                .stored()
                .map(PrecisionChoice::model)
                .orElse(model);
    }

    /** Returns what a decision for a model depends on. */
    public static Circumstances circumstances(
            Configuration configuration, ModelDirectory model, String images, boolean named) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Circumstances(
                model.digest(),
                configuration.engine(),
                new BuildVersion().engines(),
                configuration.device(),
                Processor.name() + " × " + cores + ", GPUs " + EngineDevices.gpus(),
                configuration.precision().minAgreement(),
                configuration.precision().samples(),
                images,
                named);
    }

    /** Loads a model for a search, without embeddings. */
    public static Workbench workbench(Configuration configuration, ModelDirectory model) throws IOException {
        return new ModelWorkbench(
                model,
                configuration.engine(),
                (each, engine, device) -> ClassificationStack.load(
                        configuration, each, engine, device == null ? configuration.device() : device));
    }

    /** Returns the images of precision.images, else the samples of the model, else those of another source. */
    public static SampleSource images(
            Configuration configuration, ModelDirectory model, Supplier<SampleSource> otherwise) {
        String named = configuration.precision().images();
        if (!named.isEmpty()) {
            return named(List.of(Folders.resolve(Path.of(named))), "precision.images", configuration, model);
        }
        return SampleFolders.ofModel(model, configuration.limits().image())
                .<SampleSource>map(samples -> samples)
                .orElseGet(otherwise);
    }

    /**
     * Returns the images that a user named; what is no folder is a usage error.
     *
     * @param setting what named them
     */
    public static SampleSource named(
            List<Path> folders, String setting, Configuration configuration, ModelDirectory model) {
        try {
            return SampleFolders.named(folders, model, configuration.limits().image());
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(setting + ": " + e.getMessage(), e);
        }
    }
}
