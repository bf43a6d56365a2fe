package io.resnetstreams.metrics;

/**
 * How many images a second one worker of a device can classify: images over device time, where what is longer ago counts
 * less. Only full batches say it, since a device is often slower with few images.
 *
 * <p>Threading: thread-safe.
 */
final class Capacity {
    /** Device time after which a batch counts for 1/e of a new one. */
    private static final double MEMORY_SECONDS = 30;

    /** The calibration at the start counts as much as batches of so much device time. */
    private static final double CALIBRATION_SECONDS = 5;

    private double images;
    private double seconds;

    /** Begins with what was measured when the model was loaded, in images per second; 0 where nothing was. */
    Capacity(double calibrated) {
        if (calibrated > 0) {
            images = calibrated * CALIBRATION_SECONDS;
            seconds = CALIBRATION_SECONDS;
        }
    }

    /** A full batch took so long on the device. */
    synchronized void fullBatch(int size, double batchSeconds) {
        double kept = Math.exp(-batchSeconds / MEMORY_SECONDS);
        images = images * kept + size;
        seconds = seconds * kept + batchSeconds;
    }

    /** Returns images per second, or 0 as long as nothing is known. */
    synchronized double imagesPerSecond() {
        return seconds == 0 ? 0 : images / seconds;
    }
}
