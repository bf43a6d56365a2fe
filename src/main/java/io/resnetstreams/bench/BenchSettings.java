package io.resnetstreams.bench;

import java.nio.file.Path;

/**
 * How much is measured.
 *
 * @param rounds measured rounds of each candidate, after one for warm-up
 * @param seconds about how long each measurement takes
 * @param images folder of JPEG photographs; null for made ones
 * @param directory where models and logs of brokers may be written; it is the caller's to delete
 * @param bundledModel directory of the bundled model
 */
public record BenchSettings(int rounds, int seconds, Path images, Path directory, Path bundledModel) {
    public BenchSettings {
        if (rounds < 1 || rounds > 100) {
            throw new IllegalArgumentException("rounds is " + rounds + "; allowed are 1 to 100");
        }
        if (seconds < 1 || seconds > 600) {
            throw new IllegalArgumentException("seconds is " + seconds + "; allowed are 1 to 600");
        }
    }
}
