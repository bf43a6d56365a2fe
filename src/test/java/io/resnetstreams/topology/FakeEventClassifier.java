package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Records events and their futures, which the test completes. */
final class FakeEventClassifier implements EventClassifier {
    private final List<RawEvent> events = new ArrayList<>();
    private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    private int started;

    @Override
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        events.add(event);
        outcomes.add(outcome);
        return outcome;
    }

    @Override
    public void startQueued() {
        started = events.size();
    }

    /** Returns how many events were started. */
    int started() {
        return started;
    }

    RawEvent event(int index) {
        return events.get(index);
    }

    CompletableFuture<Outcome> outcome(int index) {
        return outcomes.get(index);
    }
}
