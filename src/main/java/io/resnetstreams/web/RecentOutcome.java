package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.metrics.UncommittedOutcomes.DeadLetterKind;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An outcome for the page. Threading: created by a stream thread, and numbered at its commit under the lock of {@link
 * RecentOutcomes}; any thread may read.
 */
final class RecentOutcome {
    private static final int LONGEST_KEY = 200;

    private final SourcePosition source;
    private final LabelEvent label;
    private final Rejection rejection;
    private final AtomicBoolean resent = new AtomicBoolean();
    private volatile RawEvent event;
    private volatile long number;
    private volatile long committedMillis;

    /**
     * The reason for a dead letter, without the event, which may be large.
     *
     * @param key the key of the record as text, shortened; null if there is none
     * @param hasContent whether the dead letter holds its event
     */
    record Rejection(DeadLetterKind kind, String reason, String key, boolean hasContent) {}

    /** @param keepsEvent whether the content of the event is kept */
    RecentOutcome(RawEvent event, Outcome outcome, boolean keepsEvent) {
        this.source = event.source();
        this.event = keepsEvent ? event : null;
        if (outcome instanceof DeadLetter dead) {
            if (keepsEvent && dead.part() != null) {
                // As it is sent again.
                this.event = new RawEvent(
                        event.source(), event.key(), event.value(), Part.marked(event.headers(), dead.part()));
            }
            label = null;
            rejection = new Rejection(
                    new DeadLetterKind(dead.stage().wireName(), dead.code()),
                    dead.reason(),
                    event.key() == null ? null : text(event.key(), LONGEST_KEY),
                    dead.hasContent());
        } else {
            label = ((EncodedLabel) outcome).event();
            rejection = null;
        }
    }

    /** Returns the beginning of bytes as text. */
    static String text(byte[] bytes, int longest) {
        String text = new String(bytes, 0, Math.min(bytes.length, longest), UTF_8);
        return bytes.length > longest ? text + "…" : text;
    }

    void committed(long newNumber, long millis) {
        number = newNumber;
        committedMillis = millis;
    }

    /** Returns the number among the outcomes of this instance, from 1. */
    long number() {
        return number;
    }

    /** Returns the time of the commit, in milliseconds since the epoch. */
    long committedMillis() {
        return committedMillis;
    }

    /** Returns the time from the event's timestamp to the commit; 0 if the clock of the producer is ahead. */
    long latencyMillis() {
        return Math.max(0, committedMillis - source.timestamp());
    }

    SourcePosition source() {
        return source;
    }

    /** Returns the label, or null for a dead letter. */
    LabelEvent label() {
        return label;
    }

    /** Returns the reason for a dead letter, or null for a label. */
    Rejection rejection() {
        return rejection;
    }

    /** Returns the unchanged event, or null if it is not kept, or no longer kept. */
    RawEvent event() {
        return event;
    }

    /** Returns the approximate memory held by the event. */
    long bytes() {
        RawEvent kept = event;
        return kept == null ? 0 : kept.sizeInBytes();
    }

    void dropEvent() {
        event = null;
    }

    /** Returns whether this page has resent the event. */
    boolean isResent() {
        return resent.get();
    }

    /** Returns true for the one caller that may resend the event. */
    boolean beginResend() {
        return resent.compareAndSet(false, true);
    }

    void resendFailed() {
        resent.set(false);
    }
}
