package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.metrics.DeadLetterKind;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An outcome that the page may show.
 *
 * <p>Threading: made by a stream thread, numbered at its commit under the lock of {@link RecentOutcomes}; any may read.
 */
final class RecentOutcome {
    private static final int LONGEST_KEY = 200;

    private final SourcePosition source;
    private final LabelEvent label;
    private final Rejection rejection;
    private final long bytes;
    private final AtomicBoolean sentBack = new AtomicBoolean();
    private volatile RawEvent event;
    private volatile long number;
    private volatile long committedMillis;

    /**
     * Why an event is a dead letter; without the event, which may be large.
     *
     * @param key the record's key as text, shortened; null where there is none
     * @param hasContent whether the dead letter holds its event
     */
    record Rejection(DeadLetterKind kind, String reason, String key, boolean hasContent) {}

    /** @param keepsEvent whether what the event contains is kept for now */
    RecentOutcome(RawEvent event, Outcome outcome, boolean keepsEvent) {
        this.source = event.source();
        this.event = keepsEvent ? event : null;
        this.bytes = keepsEvent ? event.sizeInBytes() : 0;
        if (outcome instanceof DeadLetter dead) {
            label = null;
            rejection = new Rejection(
                    new DeadLetterKind(dead.stage().wireName(), dead.code()),
                    dead.reason(),
                    text(event.key()),
                    dead.hasContent());
        } else {
            label = ((EncodedLabel) outcome).event();
            rejection = null;
        }
    }

    private static String text(byte[] key) {
        if (key == null) {
            return null;
        }
        return key.length <= LONGEST_KEY
                ? new String(key, UTF_8)
                : new String(Arrays.copyOf(key, LONGEST_KEY), UTF_8) + "…";
    }

    void committed(long newNumber, long millis) {
        number = newNumber;
        committedMillis = millis;
    }

    /** Returns its number, counted from 1 over all outcomes of this instance. */
    long number() {
        return number;
    }

    /** Returns when it was committed, in milliseconds since the epoch. */
    long committedMillis() {
        return committedMillis;
    }

    /** Returns how long it took from the event's timestamp to the commit; a producer's clock may be ahead. */
    long latencyMillis() {
        return Math.max(0, committedMillis - source.timestamp());
    }

    SourcePosition source() {
        return source;
    }

    /** Returns the label, or null where it is a dead letter. */
    LabelEvent label() {
        return label;
    }

    /** Returns why it is a dead letter, or null where it is a label. */
    Rejection rejection() {
        return rejection;
    }

    /** Returns the event as it came, or null where it is not kept, or no longer. */
    RawEvent event() {
        return event;
    }

    /** Returns about how many bytes its event holds here. */
    long bytes() {
        return event == null ? 0 : bytes;
    }

    void dropEvent() {
        event = null;
    }

    /** Returns whether it was sent back by this page. */
    boolean isSentBack() {
        return sentBack.get();
    }

    /** Returns true to the one caller that may send it back. */
    boolean beginSendingBack() {
        return sentBack.compareAndSet(false, true);
    }

    void sendingBackFailed() {
        sentBack.set(false);
    }
}
