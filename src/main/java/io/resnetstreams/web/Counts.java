package io.resnetstreams.web;

import java.util.Map;

/**
 * What was counted since the instance started, as of one moment.
 *
 * @param nanos when, as {@link System#nanoTime} tells it
 * @param waited images whose wait for a device, {@code waitNanos} in all, is over
 */
record Counts(
        long nanos,
        long labels,
        long deadLetters,
        long decoded,
        long decodeNanos,
        long waited,
        long waitNanos,
        Map<String, Device> devices) {
    /**
     * Of one device.
     *
     * @param ceiling the largest batch that it is given
     * @param full batches that were closed because they were full
     */
    record Device(int workers, int ceiling, boolean failed, long batches, long full, long images, long nanos) {
        static final Device NONE = new Device(1, 1, false, 0, 0, 0, 0);
    }
}
