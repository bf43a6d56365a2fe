package io.resnetstreams.compare;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the first few of many by an order, without keeping the others.
 *
 * <p>Threading: one thread.
 */
final class Best<T> {
    private final int most;
    private final Comparator<T> order;
    private final PriorityQueue<T> kept;

    /** Keeps so many, at least one, of those that the order puts first. */
    Best(int most, Comparator<T> order) {
        this.most = most;
        this.order = order;
        this.kept = new PriorityQueue<>(order.reversed());
    }

    void add(T candidate) {
        if (kept.size() < most) {
            kept.add(candidate);
        } else if (order.compare(candidate, kept.element()) < 0) {
            kept.remove();
            kept.add(candidate);
        }
    }

    /** Returns what is kept, in order. */
    List<T> list() {
        return kept.stream().sorted(order).toList();
    }
}
