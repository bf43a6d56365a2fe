package io.resnetstreams.inference.batch;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The queue between the decode threads and a device's workers. It is unbounded, since the in-flight window limits the events.
 *
 * <p>Threading: any thread adds; each worker takes. One lock guards all state.
 */
final class BatchQueue {
    private final BatchAccumulator accumulator;
    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closing;
    private boolean emptied;
    /** Written under the lock; read without it. */
    private volatile int size;

    BatchQueue(BatchPolicy policy, LongSupplier nanoTicker) {
        this.accumulator = new BatchAccumulator(policy);
        this.nanoTicker = nanoTicker;
    }

    /** Adds an image; returns false if the queue is closing. */
    boolean add(PendingImage image) {
        lock.lock();
        try {
            if (closing) {
                return false;
            }
            accumulator.add(image);
            size = accumulator.size();
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Adds images before all others, even if the queue is closing; returns false if it was emptied. */
    boolean putBack(List<PendingImage> images) {
        lock.lock();
        try {
            if (emptied) {
                return false;
            }
            accumulator.addFirst(images);
            size = accumulator.size();
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
                long nanos = accumulator.nanosUntilDue(now);
                if (nanos == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    changed.await(nanos, TimeUnit.NANOSECONDS);
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
            return accumulator.size() < ceiling ? null : poll(nanoTicker.getAsLong(), ceiling);
        } finally {
            lock.unlock();
        }
    }

    private Batch poll(long now, int ceiling) {
        Batch batch = accumulator.poll(now, ceiling, closing);
        size = accumulator.size();
        return batch;
    }

    /** Returns the number of queued images. */
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
            List<PendingImage> left = accumulator.removeAll();
            size = 0;
            changed.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
