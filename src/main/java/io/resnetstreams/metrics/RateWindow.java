package io.resnetstreams.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalDouble;

/**
 * How fast a total has grown lately, from readings of it.
 *
 * <p>Threading: one thread reads the total; any may ask for the rate.
 */
final class RateWindow {
    private final long windowNanos;
    private final ArrayDeque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, double total) {}

    RateWindow(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /**
     * Takes a reading.
     *
     * @param nanos when, as {@link System#nanoTime} tells it
     * @param total what only grows; where it has become smaller it is another one, and all begins anew
     */
    synchronized void add(long nanos, double total) {
        if (!readings.isEmpty() && readings.getLast().total() > total) {
            readings.clear();
        }
        readings.addLast(new Reading(nanos, total));
        // Two always stay, however far apart.
        while (readings.size() > 2 && nanos - readings.getFirst().nanos() > windowNanos) {
            readings.removeFirst();
        }
    }

    /** Returns the growth in a second; nothing before the second reading. */
    synchronized OptionalDouble perSecond() {
        if (readings.size() < 2) {
            return OptionalDouble.empty();
        }
        Reading first = readings.getFirst();
        Reading last = readings.getLast();
        double seconds = (last.nanos() - first.nanos()) / 1e9;
        return seconds <= 0 ? OptionalDouble.empty() : OptionalDouble.of((last.total() - first.total()) / seconds);
    }
}
