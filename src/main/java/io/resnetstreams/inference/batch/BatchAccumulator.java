package io.resnetstreams.inference.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Queued images in arrival order, which it divides into batches according to {@link BatchPolicy}.
 *
 * <p>Threading: not thread-safe; {@link BatchQueue} guards it with its lock.
 */
final class BatchAccumulator {
    private final BatchPolicy policy;
    private final ArrayDeque<PendingImage> waiting = new ArrayDeque<>();

    BatchAccumulator(BatchPolicy policy) {
        this.policy = policy;
    }

    void add(PendingImage image) {
        waiting.addLast(image);
    }

    /** Adds images, oldest first, before all others. */
    void addFirst(List<PendingImage> images) {
        for (int i = images.size() - 1; i >= 0; i--) {
            waiting.addFirst(images.get(i));
        }
    }

    /** Removes and returns all images, oldest first. */
    List<PendingImage> removeAll() {
        List<PendingImage> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    int size() {
        return waiting.size();
    }

    /** Removes and returns the batch that is due, or returns null if there is none yet. Abandoned images are dropped. */
    Batch poll(long nowNanos, int ceiling, boolean draining) {
        dropAbandonedHead();
        if (waiting.isEmpty()) {
            return null;
        }
        BatchPolicy.ClosedBy closedBy = policy.due(waiting.size(), ceiling, oldestWaitNanos(nowNanos), draining);
        if (closedBy == null) {
            return null;
        }
        List<PendingImage> images = new ArrayList<>(Math.min(waiting.size(), ceiling));
        while (images.size() < ceiling && !waiting.isEmpty()) {
            PendingImage image = waiting.pollFirst();
            if (!image.isAbandoned()) {
                images.add(image);
            }
        }
        // All of them may have been abandoned in the meantime.
        return images.isEmpty() ? null : new Batch(images, closedBy);
    }

    /** Returns the time until a batch is due, or {@link Long#MAX_VALUE} if there are no images. */
    long nanosUntilDue(long nowNanos) {
        return waiting.isEmpty() ? Long.MAX_VALUE : policy.remainingNanos(oldestWaitNanos(nowNanos));
    }

    private long oldestWaitNanos(long nowNanos) {
        return nowNanos - waiting.peekFirst().queuedNanos();
    }

    private void dropAbandonedHead() {
        while (!waiting.isEmpty() && waiting.peekFirst().isAbandoned()) {
            waiting.pollFirst();
        }
    }
}
