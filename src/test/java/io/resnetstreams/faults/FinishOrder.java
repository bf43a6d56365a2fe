package io.resnetstreams.faults;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.EventClassifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A defect: forwards outcomes in the order in which they complete, as a queue between threads would, instead of the
 * order of their events.
 */
final class FinishOrder implements EventClassifier {
    private final EventClassifier classifier;
    private final Map<Integer, Deque<CompletableFuture<Outcome>>> waiting = new HashMap<>();

    FinishOrder(EventClassifier classifier) {
        this.classifier = classifier;
    }

    @Override
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> next = new CompletableFuture<>();
        synchronized (this) {
            waiting.computeIfAbsent(event.source().partition(), partition -> new ArrayDeque<>())
                    .add(next);
        }
        classifier.classify(event).thenAccept(this::found);
        return next;
    }

    private synchronized void found(Outcome outcome) {
        waiting.get(outcome.sourcePartition()).remove().complete(outcome);
    }
}
