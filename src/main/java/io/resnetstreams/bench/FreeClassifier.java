package io.resnetstreams.bench;

import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.topology.EventClassifier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers each event on a thread of its own, at once and with the same label: what is left is the topology. */
final class FreeClassifier implements EventClassifier, AutoCloseable {
    private static final ModelReference MODEL = new ModelReference("free", "0");

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Label> labels;

    /**
     * Starts the thread.
     *
     * @param labelLength characters of the label
     */
    FreeClassifier(int labelLength) {
        this.labels = List.of(new Label("x".repeat(labelLength), 0, 1.0));
    }

    @Override
    public CompletableFuture<Outcome> classify(RawEvent event) {
        return CompletableFuture.supplyAsync(
                () -> EncodedLabel.of(new LabelEvent("id", labels, MODEL, event.source())), thread);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
