package io.resnetstreams.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Work that a client can delay, by sending slowly or by not reading. The work is stopped by interrupting its thread, which
 * closes the connection that the thread reads from or writes to. Thread-safe.
 */
final class ClientWork {
    private static final int URGENT_FACTOR = 10;

    private final Set<Piece> pieces = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoTicker;

    ClientWork(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** Starts a piece of work of the current thread, which ends it with {@link Piece#over}. */
    Piece begin() {
        Piece piece = new Piece(nanoTicker.getAsLong());
        pieces.add(piece);
        return piece;
    }

    /** Stops all pieces of at least this age. */
    void endOlderThan(Duration age) {
        pieces.forEach(piece -> piece.endIfOlderThan(age));
    }

    /** Stops the oldest piece if it has at least this age, or {@value #URGENT_FACTOR} times this age if it is urgent. */
    void endOldest(Duration age) {
        pieces.stream()
                .filter(piece -> piece.canBeEndedAfter(piece.isUrgent ? age.multipliedBy(URGENT_FACTOR) : age))
                .min((one, other) -> Long.compare(one.startNanos - other.startNanos, 0))
                .ifPresent(piece -> piece.endIfOlderThan(age));
    }

    /** One piece of work of one thread. */
    final class Piece {
        private final Thread thread = Thread.currentThread();
        private final long startNanos;
        private volatile boolean isUrgent;
        private boolean isOver;
        private boolean isEnded;

        private Piece(long startNanos) {
            this.startNanos = startNanos;
        }

        /** Marks this piece as short and important. */
        void urgent() {
            isUrgent = true;
        }

        private synchronized boolean canBeEndedAfter(Duration age) {
            return !isOver && !isEnded && nanoTicker.getAsLong() - startNanos >= age.toNanos();
        }

        private synchronized void endIfOlderThan(Duration age) {
            if (canBeEndedAfter(age)) {
                isEnded = true;
                thread.interrupt();
            }
        }

        /** Ends this piece. An interrupt for it is cleared, and no other follows. */
        synchronized void over() {
            isOver = true;
            pieces.remove(this);
            if (isEnded) {
                Thread.interrupted();
            }
        }
    }
}
