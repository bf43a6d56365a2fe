package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.concurrent.CompletableFuture;

/** Finds the outcome of events, somewhere else than on the stream thread. */
@FunctionalInterface
public interface EventClassifier {
    /**
     * Begins to classify and returns at once.
     *
     * @return completes with the label or dead letter; fails only where the instance has to end. The topology cancels it
     *     where it no longer needs the outcome
     */
    CompletableFuture<Outcome> classify(RawEvent event);
}
