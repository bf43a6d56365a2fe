package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.concurrent.CompletableFuture;

/** Determines the outcome of events, on other threads than the stream thread. */
@FunctionalInterface
public interface EventClassifier {
    /**
     * Starts to classify an event, without blocking.
     *
     * @return completes with the label or dead letter, and fails only if the instance must end. The topology cancels it when
     *     it no longer needs the outcome
     */
    CompletableFuture<Outcome> classify(RawEvent event);
}
