package io.resnetstreams.precision;

import io.resnetstreams.common.Folders;
import io.resnetstreams.common.Processor;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.inference.engine.EngineSelector.Selection;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** The workbench with the engines, on the first device of a selection. Conversions are in a temporary folder. */
public final class ModelWorkbench implements Workbench {
    /** What the processor needs for bf16; without it MXNet refuses to, or computes it much slower. */
    private static final String BF16_FEATURE = "avx512_bf16";

    private final ModelDirectory model;
    private final String engineSetting;
    private final Loader loader;
    private final Path folder;
    private final LoadedModel reference;

    /** Loads a model. */
    @FunctionalInterface
    public interface Loader {
        /**
         * Loads a model as the pipeline does.
         *
         * @param engine the setting of the engine
         * @param device the setting of the device; null for that of the pipeline
         * @throws IllegalArgumentException if it can't be loaded
         */
        Selection load(ModelDirectory model, String engine, String device);
    }

    /** Loads the model, which is in fp32, with an engine's setting. */
    public ModelWorkbench(ModelDirectory model, String engineSetting, Loader loader) throws IOException {
        this.model = model;
        this.engineSetting = engineSetting;
        this.loader = loader;
        this.reference = loadFirst(model, engineSetting, null);
        this.folder = Files.createTempDirectory("resnet-streams-precision");
    }

    /** Loads a model, and closes it again on all devices but the first. */
    private LoadedModel loadFirst(ModelDirectory files, String engine, String device) {
        List<DeviceModel> models = loader.load(files, engine, device).models();
        models.subList(1, models.size()).forEach(other -> new LoadedModel(files, other).close());
        return new LoadedModel(files, models.get(0));
    }

    @Override
    public Loaded reference() {
        return reference;
    }

    @Override
    public List<Candidate> candidates() {
        EngineName used = reference.onDevice().engine();
        if (!reference.onDevice().deviceName().equals("cpu")) {
            return List.of(new Candidate(Precision.FP16, used, null));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (EngineName engine : EngineName.values()) {
            boolean isNamed = engineSetting.equals(engine.toString());
            if (!isNamed && !engineSetting.equals(EngineSelector.AUTO) || !isAvailable(engine)) {
                continue;
            }
            // As for fp32, its library and a copy of the weights for each worker would need memory.
            String obstacle = isNamed || engine == used ? null : EngineSelector.whyNotCompared(model);
            candidates.add(new Candidate(Precision.INT8, engine, obstacle));
            if (engine == EngineName.MXNET && Processor.hasFeature(BF16_FEATURE)) {
                candidates.add(new Candidate(Precision.BF16, engine, obstacle));
            }
        }
        return candidates;
    }

    private static boolean isAvailable(EngineName engine) {
        try {
            return EngineSelector.available(engine.toString()) == engine;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public Loaded load(Candidate candidate, String name, List<byte[]> calibration) throws IOException {
        ModelDirectory converted = ModelQuantization.write(
                model,
                candidate.precision(),
                candidate.engine(),
                calibration,
                name,
                null,
                folder.resolve(candidate.precision() + "-" + candidate.engine()));
        return loadFirst(
                converted, candidate.engine().toString(), reference.onDevice().deviceName());
    }

    @Override
    public double gain(Loaded conversion) throws InterruptedException, ExecutionException {
        return SpeedComparison.measureBest(reference.onDevice(), ((LoadedModel) conversion).onDevice())
                .ratio();
    }

    @Override
    public void close() throws IOException {
        reference.close();
        Folders.delete(folder);
    }
}
