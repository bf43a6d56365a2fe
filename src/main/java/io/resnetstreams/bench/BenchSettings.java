package io.resnetstreams.bench;

import io.resnetstreams.common.Ranges;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.engine.DeviceSelector;
import io.resnetstreams.inference.engine.EngineSelector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of all measurements.
 *
 * @param rounds number of measured rounds, after one warm-up round
 * @param seconds approximate duration of each measurement
 * @param images directory of JPEG photographs; null for generated ones
 * @param directory for models and the data of brokers; the caller deletes it
 * @param bundledModel directory of the bundled model
 * @param engines the engines to compare by their names, or only {@code auto}
 * @param device the device that networks run on; see {@link DeviceSelector}
 * @param measured receives all measurements, for their raw figures
 */
public record BenchSettings(
        int rounds,
        int seconds,
        Path images,
        Path directory,
        Path bundledModel,
        List<String> engines,
        String device,
        List<Rounds> measured) {
    /** The device that bench measures unless another one is named, so that figures stay comparable. */
    public static final String USUAL_DEVICE = "cpu";

    /** The pipeline's default configuration, which the measurements use. */
    static final Configuration PIPELINE = new ConfigurationLoader().load();

    /** The default maximum batch size. */
    static final int LARGEST_BATCH = PIPELINE.batch().policy().maxSize();

    /** Checks the ranges and names. */
    public BenchSettings {
        Ranges.require("rounds", rounds, 1, 100);
        Ranges.require("seconds", seconds, 1, 600);
        engines = engines.stream().distinct().toList();
        engines.forEach(EngineSelector::requireValid);
        if (engines.contains(EngineSelector.AUTO) && engines.size() > 1) {
            throw new IllegalArgumentException("engine is '" + String.join(",", engines)
                    + "'; auto selects one engine, so it can't be compared with named ones");
        }
        DeviceSelector.requireValid(device);
    }

    /** Creates settings without measurements so far. */
    public BenchSettings(
            int rounds,
            int seconds,
            Path images,
            Path directory,
            Path bundledModel,
            List<String> engines,
            String device) {
        this(rounds, seconds, images, directory, bundledModel, engines, device, new ArrayList<>());
    }

    /** Returns a new measurement with the number of rounds. */
    Rounds newRounds() {
        Rounds created = new Rounds(rounds);
        measured.add(created);
        return created;
    }

    /** Returns the keys of the configuration for a process that runs one engine: the only one, or that of {@code auto}. */
    List<String> engineKeys() {
        return List.of("engine=" + (engines.size() == 1 ? engines.get(0) : EngineSelector.AUTO), "device=" + device);
    }

    /** Returns the default configuration with other values for some keys, as {@code key=value}. */
    static Configuration configuration(List<String> keys) {
        ConfigurationLoader loader = new ConfigurationLoader();
        for (String key : keys) {
            int end = key.indexOf('=');
            loader.set(key.substring(0, end), key.substring(end + 1), "bench");
        }
        return loader.load();
    }

    /** Returns a preprocessor with the pipeline's limits. */
    static ImagePreprocessor preprocessor(Preprocessing input) {
        return new ImagePreprocessor(PIPELINE.limits().image(), input);
    }
}
