package io.resnetstreams.inference.engine;

import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Selects the engine of a model and the devices that it runs on. With {@code auto} it is the first engine that can use a GPU of
 * the machine, MXNet before ONNX Runtime. On the CPU it is the faster one for this model, if the model is small enough to load it
 * with both, else ONNX Runtime, which has one copy of the weights for all workers.
 */
public final class EngineSelector {
    /** The setting that selects an engine. */
    public static final String AUTO = "auto";

    /** Models with up to so many bytes of parameters are loaded with both engines; ResNet-18 has 47 MB. */
    private static final long MOST_MEASURED_BYTES = 32_000_000;

    private static final String NOT_MEASURED = "more than 32 MB of parameters, so speed was not compared";
    /** ONNX Runtime and MXNet differ less on repeated measurement. */
    private static final double CLEARLY_FASTER = 1.03;

    private static final Logger LOG = LoggerFactory.getLogger(EngineSelector.class);

    private final List<InferenceEngine> candidates;
    private final long mostMeasuredBytes;

    /**
     * Selects among the engines that can run a model on this machine.
     *
     * @param engineSetting {@code auto} or an engine's name
     * @param providers how ONNX Runtime uses GPUs
     * @throws IllegalArgumentException if none can; the message says why each can't
     */
    public EngineSelector(String engineSetting, OnnxProviders providers, ModelDirectory model) {
        this(
                engineSetting,
                model,
                Stream.of(EngineName.values())
                        .map(name -> InferenceEngine.of(name, providers))
                        .toList(),
                MOST_MEASURED_BYTES);
    }

    EngineSelector(String engineSetting, ModelDirectory model, List<InferenceEngine> engines, long mostMeasuredBytes) {
        requireValid(engineSetting);
        this.mostMeasuredBytes = mostMeasuredBytes;
        List<String> obstacles = new ArrayList<>();
        this.candidates = new ArrayList<>();
        for (InferenceEngine engine : engines) {
            if (!engineSetting.equals(AUTO) && engine.name() != EngineName.of(engineSetting)) {
                continue;
            }
            String obstacle = engine.obstacle(model);
            if (obstacle == null) {
                candidates.add(engine);
            } else {
                obstacles.add(obstacle);
            }
        }
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("no engine can run the model: " + String.join("; ", obstacles));
        }
    }

    /** Checks and returns a setting. */
    public static String requireValid(String setting) {
        if (!setting.equals(AUTO)) {
            try {
                EngineName.of(setting);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "engine is '" + setting + "'; allowed are auto, "
                                + Stream.of(EngineName.values())
                                        .map(EngineName::toString)
                                        .collect(Collectors.joining(", ")),
                        e);
            }
        }
        return setting;
    }

    /**
     * Returns the first engine that has a library for this machine.
     *
     * @param engineSetting {@code auto} or an engine's name
     * @throws IllegalArgumentException if there is none
     */
    public static EngineName available(String engineSetting) {
        requireValid(engineSetting);
        List<String> obstacles = new ArrayList<>();
        for (EngineName name : EngineName.values()) {
            if (engineSetting.equals(AUTO) || name == EngineName.of(engineSetting)) {
                String obstacle = InferenceEngine.of(name).machineObstacle();
                if (obstacle == null) {
                    return name;
                }
                obstacles.add(obstacle);
            }
        }
        throw new IllegalArgumentException(String.join("; ", obstacles));
    }

    /** Returns why a model is not loaded with several engines to compare them; null if it is. */
    public static String whyNotCompared(ModelDirectory model) {
        return model.parameterBytes() <= MOST_MEASURED_BYTES ? null : NOT_MEASURED;
    }

    /** Returns the first engine that can run a model on the CPU, without measuring. */
    static InferenceEngine first(ModelDirectory model) {
        return new EngineSelector(AUTO, OnnxProviders.CUDA_ALONE, model).candidates.get(0);
    }

    /**
     * A model on its devices.
     *
     * @param reason why this engine was selected; null if it was named or is the only one
     */
    public record Selection(EngineName engine, String reason, String devices, List<DeviceModel> models) {
        /** Adds {@code device} and {@code engine} to a summary for {@code --json}. */
        public void addTo(Map<String, Object> summary) {
            summary.put("device", devices);
            summary.put("engine", engine.toString());
        }

        /** Returns the throughput of all workers of all devices, as measured when the model was loaded. */
        public double imagesPerSecond() {
            return models.stream().mapToDouble(DeviceModel::imagesPerSecond).sum();
        }

        /** Returns engine, devices and reason in one line. */
        public String description() {
            return devices + ", " + engine.title() + (reason == null ? "" : " (" + reason + ")");
        }
    }

    /**
     * Selects the engine and the devices, and loads the model to them.
     *
     * @param deviceSetting see {@link DeviceSelector}
     * @param workers returns the number of workers of a device
     */
    public Selection load(
            ModelDirectory model, String deviceSetting, ToIntFunction<ComputeDevice> workers, int largestBatch) {
        List<String> obstacles = new ArrayList<>();
        List<Candidate> onCpu = new ArrayList<>();
        List<InferenceEngine> postponed = new ArrayList<>();
        boolean isSmall = model.parameterBytes() <= mostMeasuredBytes;
        for (InferenceEngine engine : candidates) {
            if (!isSmall && !deviceSetting.startsWith("gpu") && !engine.mayUseGpus()) {
                // Its library needs memory, and is not needed where another engine loads the model.
                postponed.add(engine);
                continue;
            }
            Candidate candidate = candidate(engine, deviceSetting, obstacles);
            if (candidate != null && candidate.devices.get(0).isGpu()) {
                // Where this fails, another engine would hide it by running on the CPU.
                return loaded(candidate, null, model, workers, largestBatch);
            }
            if (candidate != null) {
                onCpu.add(candidate);
            }
        }
        if (isSmall && onCpu.size() > 1) {
            return orRefused(
                    faster(onCpu, model, workers.applyAsInt(ComputeDevice.CPU), largestBatch, obstacles), obstacles);
        }
        Selection selection = last(onCpu, model, workers, largestBatch, obstacles);
        for (InferenceEngine engine : postponed) {
            if (selection == null) {
                Candidate candidate = candidate(engine, deviceSetting, obstacles);
                selection =
                        candidate == null ? null : last(List.of(candidate), model, workers, largestBatch, obstacles);
            }
        }
        return orRefused(selection, obstacles);
    }

    private static Selection orRefused(Selection selection, List<String> obstacles) {
        if (selection == null) {
            // Engines may say the same.
            throw new IllegalArgumentException(String.join("; ", new LinkedHashSet<>(obstacles)));
        }
        return selection;
    }

    /** Loads an engine's library and selects devices; returns null, and adds why, if that fails. */
    private Candidate candidate(InferenceEngine engine, String deviceSetting, List<String> obstacles) {
        try {
            engine.requireLibrary();
            DeviceSelector selector = new DeviceSelector(engine.name().title(), engine.accelerators());
            return new Candidate(engine, selector, selector.select(deviceSetting));
        } catch (IllegalStateException e) {
            if (candidates.size() > 1) {
                LOG.warn("{}", e.getMessage());
            }
            obstacles.add(e.getMessage());
        } catch (IllegalArgumentException e) {
            obstacles.add(e.getMessage());
        }
        return null;
    }

    private record Candidate(InferenceEngine engine, DeviceSelector selector, List<ComputeDevice> devices) {}

    private static Selection loaded(
            Candidate candidate,
            String reason,
            ModelDirectory model,
            ToIntFunction<ComputeDevice> workers,
            int largestBatch) {
        List<DeviceModel> models = new ArrayList<>();
        try {
            for (ComputeDevice device : candidate.devices) {
                models.add(DeviceModel.load(candidate.engine, model, device, workers.applyAsInt(device), largestBatch));
            }
        } catch (IllegalArgumentException e) {
            models.forEach(EngineSelector::close);
            throw e;
        }
        return selection(candidate, reason, models);
    }

    private static Selection selection(Candidate candidate, String reason, List<DeviceModel> models) {
        return new Selection(candidate.engine.name(), reason, candidate.selector.describe(candidate.devices), models);
    }

    /** Loads the model with the last engine that can load it; returns null if none can. */
    private Selection last(
            List<Candidate> ready,
            ModelDirectory model,
            ToIntFunction<ComputeDevice> workers,
            int largestBatch,
            List<String> obstacles) {
        String reason = candidates.size() == 1
                ? null
                : obstacles.isEmpty() ? NOT_MEASURED : obstacles.get(obstacles.size() - 1);
        for (int index = ready.size() - 1; index >= 0; index--) {
            try {
                return loaded(ready.get(index), reason, model, workers, largestBatch);
            } catch (IllegalArgumentException e) {
                obstacles.add(e.getMessage());
                reason = e.getMessage();
            }
        }
        return null;
    }

    /** Loads the model with each engine, and keeps the faster one; returns null if none can load it. */
    private static Selection faster(
            List<Candidate> candidates, ModelDirectory model, int workers, int largestBatch, List<String> obstacles) {
        Candidate best = null;
        DeviceModel kept = null;
        List<String> rates = new ArrayList<>();
        for (Candidate candidate : candidates) {
            DeviceModel loaded;
            try {
                loaded = DeviceModel.load(candidate.engine, model, ComputeDevice.CPU, workers, largestBatch);
            } catch (IllegalArgumentException e) {
                obstacles.add(e.getMessage());
                continue;
            }
            double rate = loaded.calibration().imagesPerSecondUpTo(largestBatch);
            rates.add(String.format(
                    Locale.ROOT, "%s %.1f", candidate.engine.name().title(), rate));
            if (kept == null || rate > CLEARLY_FASTER * kept.calibration().imagesPerSecondUpTo(largestBatch)) {
                close(kept);
                best = candidate;
                kept = loaded;
            } else {
                close(loaded);
            }
        }
        if (kept == null) {
            return null;
        }
        String reason = rates.size() > 1 ? "images/s of a worker: " + String.join(", ", rates) : obstacles.get(0);
        return selection(best, reason, List.of(kept));
    }

    private static void close(DeviceModel model) {
        if (model != null) {
            model.classifiers().forEach(Classifier::close);
            model.close();
        }
    }
}
