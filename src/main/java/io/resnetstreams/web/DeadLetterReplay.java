package io.resnetstreams.web;

import io.resnetstreams.events.RawEvent;

/** Sends the event of a dead letter back to the input topic. Called by any thread. */
@FunctionalInterface
public interface DeadLetterReplay {
    /**
     * Sends it and waits until it is there.
     *
     * @throws IllegalStateException if it can't be, or must not be sent; the message is for people
     */
    void sendBack(RawEvent event);
}
