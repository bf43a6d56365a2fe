package io.resnetstreams.fetch;

import java.util.concurrent.Semaphore;

/**
 * The memory for fetched images, given out in the order of the requests. A request for more than there is gets all of it, so
 * that a large image passes alone.
 *
 * <p>Threading: thread-safe.
 */
final class ByteBudget {
    /** Permits are counted by an int. */
    private static final int UNIT = 1_024;

    private final int units;
    private final Semaphore free;

    ByteBudget(long bytes) {
        units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
        free = new Semaphore(units, true);
    }

    /** Waits until this many bytes are free. */
    Reservation reserve(long bytes) throws InterruptedException {
        int needed = units(bytes);
        free.acquire(needed);
        return new Reservation(needed);
    }

    private int units(long bytes) {
        return (int) Math.min(units, (bytes + UNIT - 1) / UNIT);
    }

    /** Returns the reserved bytes. */
    long reserved() {
        return (long) (units - free.availablePermits()) * UNIT;
    }

    /** Reserved bytes, until they are given back. Thread-safe. */
    final class Reservation implements AutoCloseable {
        private int held;

        private Reservation(int held) {
            this.held = held;
        }

        /** Gives back what exceeds this many bytes. */
        void shrinkTo(long bytes) {
            keep(units(bytes));
        }

        @Override
        public void close() {
            keep(0);
        }

        private synchronized void keep(int needed) {
            if (needed < held) {
                free.release(held - needed);
                held = needed;
            }
        }
    }
}
