package io.resnetstreams.web;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The last 15 minutes, a point each five seconds.
 *
 * <p>Threading: thread-safe.
 */
final class History {
    static final Duration STEP = Duration.ofSeconds(5);
    static final Duration LENGTH = Duration.ofMinutes(15);
    private static final int MOST = (int) LENGTH.dividedBy(STEP) + 1;

    private final ArrayDeque<Point> points = new ArrayDeque<>();

    /** Adds a point. Where the clock was set back, points that lie ahead of it are dropped. */
    synchronized void add(Point point) {
        points.removeIf(earlier -> earlier.millis() > point.millis());
        points.addLast(point);
        if (points.size() > MOST) {
            points.removeFirst();
        }
    }

    /** Returns all points that are later than this, in their order. */
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
