package io.resnetstreams.compare;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the first items by an order, and drops the others.
 *
 * <p>Threading: one thread.
 */
final class TopItems<T> {
    private final int most;
    private final Comparator<T> order;
    private final PriorityQueue<T> kept;

    /** Keeps up to this number of items, at least one. */
    TopItems(int most, Comparator<T> order) {
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

    List<T> list() {
        return kept.stream().sorted(order).toList();
    }
}
