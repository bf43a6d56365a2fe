package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Determines the outcome of events, on other threads than the stream thread. */
@FunctionalInterface
public interface EventClassifier {
    /**
     * Starts to classify an event, without blocking. It may hold the event back until {@link #startQueued}, since waking another
     * thread for each event costs more than the rest of this call.
     *
     * @return completes with the label or dead letter, and fails only if the instance must end. The topology cancels it when
     *     it no longer needs the outcome
     */
    CompletableFuture<Outcome> classify(RawEvent event);

    /**
     * Starts the events that it has held back. Stream threads call it after a number of events, and before they wait for more.
     */
    default void startQueued() {}

    /** Returns a classifier that holds events back until they are started. */
    static EventClassifier of(Function<RawEvent, CompletableFuture<Outcome>> queue, Runnable start) {
        return new EventClassifier() {
            @Override
            public CompletableFuture<Outcome> classify(RawEvent event) {
                return queue.apply(event);
            }

            @Override
            public void startQueued() {
                start.run();
            }
        };
    }
}
