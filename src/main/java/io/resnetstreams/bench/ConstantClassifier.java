package io.resnetstreams.bench;

import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.EventClassifier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Returns the same label for each event, on another thread and without any work. */
final class ConstantClassifier implements EventClassifier, AutoCloseable {
    private static final ModelReference MODEL = new ModelReference("constant", "0");
    private static final int BATCH = BenchSettings.LARGEST_BATCH;
    private static final long MILLISECOND = 1_000_000;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Label> labels;
    private final InferenceMetrics metrics;
    private int inBatch;

    /** Starts the thread; the metrics receive images and batches, as from a device. */
    ConstantClassifier(int labelLength, InferenceMetrics metrics) {
        this.labels = List.of(new Label("x".repeat(labelLength), 0, 1.0));
        this.metrics = metrics;
        metrics.loaded(MODEL.name(), 1, BATCH, 1_000);
    }

    @Override
    public CompletableFuture<Outcome> classify(RawEvent event) {
        return CompletableFuture.supplyAsync(() -> label(event), thread);
    }

    private Outcome label(RawEvent event) {
        metrics.decoded(MILLISECOND);
        metrics.waited(MILLISECOND);
        if (++inBatch == BATCH) {
            inBatch = 0;
            metrics.began(MODEL.name());
            metrics.batch(MODEL.name(), BATCH, ClosedBy.FULL, MILLISECOND, MILLISECOND);
        }
        return EncodedLabel.of(new LabelEvent("id", labels, MODEL, event.source()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
