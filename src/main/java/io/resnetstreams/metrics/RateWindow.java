package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The recent growth rate of a total, from samples. Threading: one thread adds samples; any thread may read the rate.
 */
final class RateWindow {
    private final long windowNanos;
    private final ArrayDeque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, double total) {}

    RateWindow(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /**
     * Adds a sample.
     *
     * @param nanos the time, as {@link System#nanoTime}
     * @param total the total; if it has decreased, it was reset, and earlier samples are dropped
     */
    synchronized void add(long nanos, double total) {
        if (!readings.isEmpty() && readings.getLast().total() > total) {
            readings.clear();
        }
        readings.addLast(new Reading(nanos, total));
        // Two samples are always kept, however far apart.
        while (readings.size() > 2 && nanos - readings.getFirst().nanos() > windowNanos) {
            readings.removeFirst();
        }
    }

    /** Returns the growth per second; NaN before the second sample. */
    synchronized double perSecond() {
        if (readings.size() < 2) {
            return Double.NaN;
        }
        Reading first = readings.getFirst();
        Reading last = readings.getLast();
        double seconds = (last.nanos() - first.nanos()) / 1e9;
        return seconds <= 0 ? Double.NaN : (last.total() - first.total()) / seconds;
    }
}
