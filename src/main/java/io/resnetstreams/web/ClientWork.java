package io.resnetstreams.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Work that a client can delay, by sending slowly or by not reading. The work is stopped by interrupting its thread, which
 * closes the connection that the thread reads from or writes to.
 *
 * <p>Threading: thread-safe.
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
                .filter(piece -> piece.canBeStoppedAfter(age))
                .min((one, other) -> Long.compare(one.startNanos - other.startNanos, 0))
                .ifPresent(piece -> piece.endIfOlderThan(age));
    }

    /** One piece of work of one thread. */
    final class Piece {
        private final Thread thread = Thread.currentThread();
        private final long startNanos;
        private boolean isOver;
        private boolean isUrgent;
        private boolean isEnded;

        private Piece(long startNanos) {
            this.startNanos = startNanos;
        }

        /** Marks this piece as short and important. */
        synchronized void urgent() {
            isUrgent = true;
        }

        private synchronized boolean canBeStoppedAfter(Duration age) {
            return canBeEnded()
                    && nanoTicker.getAsLong() - startNanos >= age.toNanos() * (isUrgent ? URGENT_FACTOR : 1);
        }

        private synchronized boolean canBeEnded() {
            return !isOver && !isEnded;
        }

        private synchronized void endIfOlderThan(Duration age) {
            if (canBeEnded() && nanoTicker.getAsLong() - startNanos >= age.toNanos()) {
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
