package io.resnetstreams.web;

import io.resnetstreams.common.Rounding;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The points of the last 15 minutes, one per five seconds. Thread-safe. */
final class History {
    static final Duration STEP = Duration.ofSeconds(5);
    private static final int MOST = (int) Duration.ofMinutes(15).dividedBy(STEP) + 1;

    private final ArrayDeque<Point> points = new ArrayDeque<>();

    /**
     * A point of the plots; unknown values are NaN.
     *
     * @param millis time since the epoch
     * @param lag uncommitted events of the instance's partitions
     * @param p50 median time from an event's timestamp to its commit, in milliseconds, as are p95 and p99
     * @param batch mean batch size in images
     */
    record Point(
            long millis,
            double labels,
            double deadLetters,
            double arrivals,
            double lag,
            double p50,
            double p95,
            double p99,
            double batch) {
        /** Returns the time and the rounded values, in this order, with null for unknown values. */
        List<Number> row() {
            List<Number> row = new ArrayList<>(List.of(millis));
            for (double value : new double[] {labels, deadLetters, arrivals, lag, p50, p95, p99, batch}) {
                row.add(Double.isFinite(value) ? Rounding.to(2, value) : null);
            }
            return row;
        }
    }

    /** Adds a point. If the clock was set back, later points are dropped. */
    synchronized void add(Point point) {
        points.removeIf(earlier -> earlier.millis() > point.millis());
        points.addLast(point);
        if (points.size() > MOST) {
            points.removeFirst();
        }
    }

    /** Returns the points after this time, in order. */
    synchronized List<Point> after(long millis) {
        return points.stream().filter(point -> point.millis() > millis).toList();
    }

    /** Returns the newest point, or null before the first. */
    synchronized Point last() {
        return points.peekLast();
    }
}
