package io.resnetstreams.web;

import io.resnetstreams.events.RawEvent;

/** Resends the event of a dead letter to the input topic. Called by any thread. */
@FunctionalInterface
public interface DeadLetterResend {
    /**
     * Sends the event and waits for the acknowledgement.
     *
     * @throws IllegalStateException if the event can't be sent or must not be sent; the message is shown to the user
     */
    void resend(RawEvent event);
}
