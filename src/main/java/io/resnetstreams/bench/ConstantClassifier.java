package io.resnetstreams.bench;

import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.inference.DecodePool;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.topology.EventClassifier;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Returns the same label for each event, on another thread and without a network: five classes, as by default. */
final class ConstantClassifier implements EventClassifier, AutoCloseable {
    private static final ModelReference MODEL = new ModelReference("constant", "0123456789abcdef".repeat(4));
    private static final List<Label> LABELS = List.of(
            new Label("golden retriever", 207, 0.8234567f),
            new Label("Labrador retriever", 208, 0.1123456f),
            new Label("cocker spaniel", 219, 0.02345678f),
            new Label("tennis ball", 852, 0.009876543f),
            new Label("kuvasz", 222, 0.001234567f));
    private static final int BATCH = BenchSettings.LARGEST_BATCH;
    private static final long MILLISECOND = 1_000_000;

    private final DecodePool thread = new DecodePool("constant-", 1);
    private final InferenceMetrics metrics;
    private int inBatch;

    /** Starts the thread; the metrics receive images and batches, as from a device. */
    ConstantClassifier(InferenceMetrics metrics) {
        this.metrics = metrics;
        metrics.loaded(MODEL.name(), 1, BATCH, 1_000);
    }

    @Override
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        thread.queue(() -> outcome.complete(label(event)));
        return outcome;
    }

    @Override
    public void startQueued() {
        thread.startQueued();
    }

    private Outcome label(RawEvent event) {
        metrics.decoded(MILLISECOND);
        metrics.waited(MILLISECOND);
        if (++inBatch == BATCH) {
            inBatch = 0;
            metrics.began(MODEL.name());
            metrics.batch(MODEL.name(), BATCH, ClosedBy.FULL, MILLISECOND, MILLISECOND);
        }
        return LabelEncoder.JSON.encode(event, label(event.source()));
    }

    private static LabelEvent label(SourcePosition source) {
        return new LabelEvent("photographs/0001.jpg", LABELS, MODEL, source);
    }

    /** Returns the value of such a label. */
    static byte[] labelValue() {
        return LabelEncoder.JSON.value(label(new SourcePosition("image-events", 3, 1_234_567, 1_700_000_000_000L)));
    }

    @Override
    public void close() {
        thread.close();
    }
}
