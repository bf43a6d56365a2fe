package io.resnetstreams.fetch;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The stores that fetches wait for, and whether they answer others meanwhile. A store that answers others is not out, so a
 * fetch that it fails for long fails because of its object.
 *
 * <p>Threading: thread-safe.
 */
final class Outages {
    private static final class Trouble {
        private int waiting;
        /** The first failure since the last answer. */
        private long sinceNanos;

        private boolean isOut;
        private boolean hasAnswered;
        private long answeredNanos;
        private String reason;
    }

    private final LongSupplier nanoTicker;
    private final Map<String, Trouble> troubles = new HashMap<>();

    Outages(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** A fetch begins to wait for a store; {@link #leave} must follow. */
    synchronized void enter(String store) {
        troubles.computeIfAbsent(store, first -> new Trouble()).waiting++;
    }

    synchronized void leave(String store) {
        Trouble trouble = troubles.get(store);
        if (--trouble.waiting == 0) {
            troubles.remove(store);
        }
    }

    /** An attempt of a fetch that waits for the store has failed. */
    synchronized void failed(String store, String reason) {
        Trouble trouble = troubles.get(store);
        if (!trouble.isOut) {
            trouble.isOut = true;
            trouble.sinceNanos = nanoTicker.getAsLong();
        }
        trouble.reason = reason;
    }

    /** The store has answered, whatever it said. */
    synchronized void answered(String store) {
        Trouble trouble = troubles.get(store);
        if (trouble != null) {
            trouble.isOut = false;
            trouble.hasAnswered = true;
            trouble.answeredNanos = nanoTicker.getAsLong();
        }
    }

    /** Returns whether a store that a fetch waits for has answered since a time of the ticker. */
    synchronized boolean hasAnsweredSince(String store, long nanos) {
        Trouble trouble = troubles.get(store);
        return trouble.hasAnswered && trouble.answeredNanos - nanos >= 0;
    }

    /** Returns the store that has been out for longest, and why. */
    synchronized Optional<String> longest() {
        long now = nanoTicker.getAsLong();
        return troubles.entrySet().stream()
                .filter(entry -> entry.getValue().isOut)
                .max(Comparator.comparingLong(entry -> now - entry.getValue().sinceNanos))
                .map(entry -> entry.getKey() + " is unavailable for "
                        + TimeUnit.NANOSECONDS.toSeconds(now - entry.getValue().sinceNanos) + " s: "
                        + entry.getValue().reason);
    }
}
