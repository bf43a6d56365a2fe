package io.resnetstreams.metrics;

import java.util.Map;

/**
 * The counts since the start of the process, at one moment.
 *
 * @param nanos the moment, as {@link System#nanoTime}
 * @param decodeNanos total time for reading and decoding the {@code decoded} events
 * @param waitNanos total time that the {@code waited} images waited for a device
 * @param devices by name
 */
public record CountsSnapshot(
        long nanos,
        long labels,
        long deadLetters,
        long decoded,
        long decodeNanos,
        long waited,
        long waitNanos,
        Map<String, Device> devices) {
    /**
     * The counts of one device.
     *
     * @param ceiling the present maximum batch size
     * @param full batches that were closed because they were full
     * @param nanos total time of the batches
     */
    public record Device(int workers, int ceiling, boolean failed, long batches, long full, long images, long nanos) {
        /** A device before its first batch. */
        public static final Device NONE = new Device(1, 1, false, 0, 0, 0, 0);
    }
}
