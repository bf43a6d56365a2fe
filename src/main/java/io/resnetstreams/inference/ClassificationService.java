package io.resnetstreams.inference;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.ImageEvent;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DecodeRoom;
import io.resnetstreams.inference.batch.DeviceGroup;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * From a raw event to its outcome: read, decode and preprocess on a pool of threads, classify in a device's batch.
 *
 * <p>Images are decoded no further ahead than the devices need to stay busy: pixels are many times as large as the files
 * that the in-flight window counts, and decoding takes cores from a network on the CPU.
 *
 * <p>Threading: {@link #classify} may be called by any thread and returns at once. The future completes on a decode or a
 * device thread; it fails only where the instance has to end, since an event at fault completes with a {@link
 * DeadLetter}.
 */
public final class ClassificationService implements AutoCloseable {
    private final EventReader reader;
    private final ImagePreprocessor preprocessor;
    private final DeviceGroup devices;
    private final LabelRanking ranking;
    private final ModelReference model;
    private final InferenceMetrics metrics;
    private final ExecutorService decodePool;
    /** One for each image between its decoding and its outcome. */
    private final DecodeRoom room;

    /**
     * Takes over the batchers: they are closed with this service.
     *
     * @param batchers one for each device
     */
    public ClassificationService(
            EventReader reader,
            ImagePreprocessor preprocessor,
            int decodeThreads,
            List<Batcher> batchers,
            LabelRanking ranking,
            ModelReference model,
            InferenceMetrics metrics) {
        this.reader = reader;
        this.preprocessor = preprocessor;
        this.devices = new DeviceGroup(batchers);
        this.ranking = ranking;
        this.model = model;
        this.metrics = metrics;
        this.room = new DecodeRoom(devices::room);
        this.decodePool = Executors.newFixedThreadPool(decodeThreads, DaemonThreads.numbered("decode-"));
    }

    /** Begins to classify an event. Cancelling the future saves the work that has not yet begun. */
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        try {
            decodePool.execute(() -> decode(event, outcome));
        } catch (RejectedExecutionException e) {
            outcome.completeExceptionally(closed(e));
        }
        return outcome;
    }

    private static IllegalStateException closed(Exception cause) {
        return new IllegalStateException("the classification service is closed", cause);
    }

    private void decode(RawEvent event, CompletableFuture<Outcome> outcome) {
        if (outcome.isDone()) {
            return;
        }
        try {
            room.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.completeExceptionally(closed(e));
            return;
        }
        outcome.whenComplete((done, failure) -> room.giveBack());
        if (outcome.isDone()) {
            // Given up while it waited for room.
            return;
        }
        try {
            long start = System.nanoTime();
            ImageEvent imageEvent = read(event);
            byte[] pixels = toPixels(imageEvent);
            metrics.decoded(System.nanoTime() - start);
            CompletableFuture<float[]> probabilities = new CompletableFuture<>();
            outcome.whenComplete((done, failure) -> probabilities.cancel(false));
            probabilities.whenComplete((row, failure) -> finish(event, imageEvent.id(), outcome, row, failure));
            devices.submit(pixels, probabilities);
        } catch (RejectedEventException e) {
            outcome.complete(DeadLetter.of(event, e));
        } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
        }
    }

    private ImageEvent read(RawEvent event) throws RejectedEventException {
        try {
            return reader.read(event);
        } catch (RuntimeException | StackOverflowError e) {
            // As for decoders: whatever an odd event does to the parser, its partition goes on.
            throw new RejectedEventException(Stage.EVENT, "reader", "the event can't be read: " + e, e);
        }
    }

    private byte[] toPixels(ImageEvent event) throws RejectedEventException {
        try {
            return preprocessor.toPixels(event.image());
        } catch (RuntimeException e) {
            // One odd image must not stop its partition for ever, whatever it does to a decoder.
            throw new RejectedEventException(Stage.DECODE, "decoder", "the decoder failed: " + e, e);
        }
    }

    private void finish(
            RawEvent event, String id, CompletableFuture<Outcome> outcome, float[] probabilities, Throwable failure) {
        if (failure instanceof RejectedEventException rejection) {
            outcome.complete(DeadLetter.of(event, rejection));
        } else if (failure != null) {
            outcome.completeExceptionally(failure);
        } else {
            try {
                outcome.complete(labelled(event, id, ranking.best(probabilities)));
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        }
    }

    private Outcome labelled(RawEvent event, String id, List<LabelEvent.Label> labels) {
        try {
            return EncodedLabel.of(new LabelEvent(id, labels, model, event.source()));
        } catch (RuntimeException e) {
            // The labels are the model's; what can't be written is the event's id.
            return DeadLetter.of(
                    event, new RejectedEventException(Stage.CLASSIFY, "label", "the label can't be written: " + e, e));
        }
    }

    /** Stops taking events, then finishes those that a device already has. */
    @Override
    public void close() {
        decodePool.shutdownNow();
        devices.close();
    }
}
