package io.resnetstreams.web;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The points of the last 15 minutes, one per five seconds.
 *
 * <p>Threading: thread-safe.
 */
final class History {
    static final Duration STEP = Duration.ofSeconds(5);
    static final Duration LENGTH = Duration.ofMinutes(15);
    private static final int MOST = (int) LENGTH.dividedBy(STEP) + 1;

    private final ArrayDeque<Point> points = new ArrayDeque<>();

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
        List<Point> later = new ArrayList<>(points);
        later.removeIf(point -> point.millis() <= millis);
        return later;
    }

    /** Returns the newest point, or null before the first. */
    synchronized Point last() {
        return points.peekLast();
    }
}
