package io.resnetstreams.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Work of threads that a client can hold up, by sending slowly or by not reading. It is ended by interrupting its thread,
 * which closes the connection that the thread reads from or writes to.
 *
 * <p>Threading: thread-safe.
 */
final class ClientWork {
    private static final int URGENT_PATIENCE = 10;

    private final Set<Piece> pieces = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoTicker;

    ClientWork(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** The present thread begins with a piece of work; {@link Piece#over} ends it, on the same thread. */
    Piece begin() {
        Piece piece = new Piece(nanoTicker.getAsLong());
        pieces.add(piece);
        return piece;
    }

    /** Ends what has been going on for at least so long. */
    void endOlderThan(Duration age) {
        pieces.forEach(piece -> piece.endIfOlderThan(age));
    }

    /** Ends the piece that has been going on for longest, if that is at least so long. */
    void endOldest(Duration age) {
        pieces.stream()
                .filter(piece -> piece.makesWayAfter(age))
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

        /** It is short and matters: it makes way only where it has taken many times as long as others may. */
        synchronized void urgent() {
            isUrgent = true;
        }

        private synchronized boolean makesWayAfter(Duration age) {
            return canBeEnded()
                    && nanoTicker.getAsLong() - startNanos >= age.toNanos() * (isUrgent ? URGENT_PATIENCE : 1);
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

        /** From here on no interrupt comes; one that came is taken back, since it was for this piece alone. */
        synchronized void over() {
            isOver = true;
            pieces.remove(this);
            if (isEnded) {
                Thread.interrupted();
            }
        }
    }
}
