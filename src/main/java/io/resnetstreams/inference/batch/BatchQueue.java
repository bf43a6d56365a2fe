package io.resnetstreams.inference.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The queue between the decode threads and a device's workers, which divides images into batches according to {@link
 * BatchPolicy}. It is unbounded, since the in-flight window limits the events.
 *
 * <p>Threading: any thread adds; each worker takes. One lock guards all state.
 */
final class BatchQueue {
    private final BatchPolicy policy;
    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** In arrival order. */
    private final ArrayDeque<PendingImage> waiting = new ArrayDeque<>();

    private boolean closing;
    private boolean emptied;
    /** Written under the lock; read without it. */
    private volatile int size;

    /** Images that go to the device together, oldest first. */
    record Batch(List<PendingImage> images, BatchPolicy.ClosedBy closedBy) {}

    BatchQueue(BatchPolicy policy, LongSupplier nanoTicker) {
        this.policy = policy;
        this.nanoTicker = nanoTicker;
    }

    /** Adds an image; returns false if the queue is closing. */
    boolean add(PendingImage image) {
        lock.lock();
        try {
            if (closing) {
                return false;
            }
            waiting.addLast(image);
            size = waiting.size();
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Adds images, oldest first, before all others, even if the queue is closing; returns false if it was emptied. */
    boolean putBack(List<PendingImage> images) {
        lock.lock();
        try {
            if (emptied) {
                return false;
            }
            for (int i = images.size() - 1; i >= 0; i--) {
                waiting.addFirst(images.get(i));
            }
            size = waiting.size();
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a batch is due and returns it, or null once the queue is closed and empty. */
    Batch take(int ceiling) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long now = nanoTicker.getAsLong();
                Batch batch = poll(now, ceiling);
                if (batch != null) {
                    if (size > 0) {
                        changed.signal();
                    }
                    return batch;
                }
                if (closing) {
                    return null;
                }
                if (waiting.isEmpty()) {
                    changed.await();
                } else {
                    changed.await(policy.remainingNanos(oldestWaitNanos(now)), TimeUnit.NANOSECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns a full batch, or null without waiting: for a worker whose device is still running another batch. */
    Batch takeIfFull(int ceiling) {
        lock.lock();
        try {
            return waiting.size() < ceiling ? null : poll(nanoTicker.getAsLong(), ceiling);
        } finally {
            lock.unlock();
        }
    }

    /** Removes and returns the batch that is due, or returns null if there is none yet. Abandoned images are dropped. */
    private Batch poll(long now, int ceiling) {
        try {
            while (!waiting.isEmpty() && waiting.peekFirst().isAbandoned()) {
                waiting.pollFirst();
            }
            BatchPolicy.ClosedBy closedBy =
                    waiting.isEmpty() ? null : policy.due(waiting.size(), ceiling, oldestWaitNanos(now), closing);
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
        } finally {
            size = waiting.size();
        }
    }

    private long oldestWaitNanos(long now) {
        return now - waiting.peekFirst().queuedNanos();
    }

    int size() {
        return size;
    }

    /** Accepts no more images; queued images can still be taken. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more images, and removes and returns the queued ones. */
    List<PendingImage> closeAndEmpty() {
        lock.lock();
        try {
            closing = true;
            emptied = true;
            List<PendingImage> left = List.copyOf(waiting);
            waiting.clear();
            size = 0;
            changed.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
