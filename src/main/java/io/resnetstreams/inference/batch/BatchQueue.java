package io.resnetstreams.inference.batch;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The hand-over from decode threads to a device's workers. It is not bounded: the in-flight window in front of it is.
 *
 * <p>Threading: any thread adds; each worker takes. All state is guarded by the one lock.
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

    /** Queues an image; false when the queue is closing and takes no more. */
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

    /** Queues images before all others, also when it is closing; false when it was emptied and takes no more. */
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

    /** Waits until a batch is due and returns it; null when the queue is closed and empty. */
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

    /** Returns a batch if one is full, else null at once: for a worker whose device still runs the one before. */
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

    /** Returns how many images wait; any thread may ask. */
    int size() {
        return size;
    }

    /** Takes no more images; what is queued is still handed out. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more images, hands out none, and returns those that wait. */
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
