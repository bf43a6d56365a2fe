package io.resnetstreams.bench;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import java.nio.file.Path;

/**
 * The settings of all measurements.
 *
 * @param rounds number of measured rounds, after one warm-up round
 * @param seconds approximate duration of each measurement
 * @param images directory of JPEG photographs; null for generated ones
 * @param directory for models and the data of brokers; the caller deletes it
 * @param bundledModel directory of the bundled model
 */
public record BenchSettings(int rounds, int seconds, Path images, Path directory, Path bundledModel) {
    /** The pipeline's default configuration, which the measurements use. */
    public static final Configuration PIPELINE = new ConfigurationLoader().load();

    /** Checks the ranges. */
    public BenchSettings {
        if (rounds < 1 || rounds > 100) {
            throw new IllegalArgumentException("rounds is " + rounds + "; allowed are 1 to 100");
        }
        if (seconds < 1 || seconds > 600) {
            throw new IllegalArgumentException("seconds is " + seconds + "; allowed are 1 to 600");
        }
    }
}
