package io.resnetstreams.metrics;

/**
 * The number of images per second that one worker of a device can classify: images divided by device time, with
 * exponentially decreasing weight for older batches. Only full batches count, since a device is often slower with few
 * images.
 *
 * <p>Threading: thread-safe.
 */
final class Capacity {
    /** Device time after which the weight of a batch is 1/e. */
    private static final double MEMORY_SECONDS = 30;

    /** Weight of the calibration at startup, as device time. */
    private static final double CALIBRATION_SECONDS = 5;

    private double images;
    private double seconds;

    /** Starts with the images per second measured when the model was loaded; 0 if nothing was measured. */
    Capacity(double calibrated) {
        if (calibrated > 0) {
            images = calibrated * CALIBRATION_SECONDS;
            seconds = CALIBRATION_SECONDS;
        }
    }

    /** Adds a full batch. */
    synchronized void fullBatch(int size, double batchSeconds) {
        double kept = Math.exp(-batchSeconds / MEMORY_SECONDS);
        images = images * kept + size;
        seconds = seconds * kept + batchSeconds;
    }

    /** Returns images per second, or 0 if unknown. */
    synchronized double imagesPerSecond() {
        return seconds == 0 ? 0 : images / seconds;
    }
}
