package io.resnetstreams.inference;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.EventReader.ImageEvent;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DecodeCapacity;
import io.resnetstreams.inference.batch.DeviceGroup;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Turns a raw event into its outcome: it reads and decodes on a thread pool, and classifies in batches on devices. Only
 * as many images are decoded in advance as keep the devices busy: pixels are many times larger than the files that the
 * in-flight window counts, and decoding takes cores from a network on the CPU.
 *
 * <p>Threading: any thread may call {@link #classify}, which does not block. The future completes on a decode or device
 * thread; it fails only if the instance must end, since an invalid event completes with a {@link DeadLetter}.
 */
public final class ClassificationService implements AutoCloseable {
    private final EventReader reader;
    private final ImagePreprocessor preprocessor;
    private final DeviceGroup devices;
    private final LabelRanking ranking;
    private final ModelReference model;
    private final InferenceMetrics metrics;
    private final ExecutorService decodePool;
    private final DecodeCapacity capacity;

    /** Takes ownership of the batchers, one for each device, which are closed with this service. */
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
        this.capacity = new DecodeCapacity(devices::capacity);
        this.decodePool = Executors.newFixedThreadPool(decodeThreads, DaemonThreads.numbered("decode-"));
    }

    /** Starts to classify an event. Cancelling the future skips the steps that have not started. */
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
            capacity.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.completeExceptionally(closed(e));
            return;
        }
        outcome.whenComplete((done, failure) -> capacity.release());
        if (outcome.isDone()) {
            // Cancelled while it waited.
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
            // As with decoders, an event that breaks the parser must not block its partition.
            throw new RejectedEventException(Stage.EVENT, "reader", "the event can't be read: " + e, e);
        }
    }

    private byte[] toPixels(ImageEvent event) throws RejectedEventException {
        try {
            return preprocessor.toPixels(event.image());
        } catch (RuntimeException e) {
            // An image that breaks the decoder must not block its partition.
            throw new RejectedEventException(Stage.DECODE, "decoder", "the decoder failed: " + e, e);
        }
    }

    private void finish(
            RawEvent event, String id, CompletableFuture<Outcome> outcome, float[] probabilities, Throwable failure) {
        try {
            if (failure instanceof RejectedEventException rejection) {
                throw rejection;
            }
            if (failure != null) {
                outcome.completeExceptionally(failure);
            } else {
                outcome.complete(label(event, id, ranking.best(probabilities)));
            }
        } catch (RejectedEventException e) {
            outcome.complete(DeadLetter.of(event, e));
        } catch (RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }

    private Outcome label(RawEvent event, String id, List<LabelEvent.Label> labels) throws RejectedEventException {
        try {
            return EncodedLabel.of(new LabelEvent(id, labels, model, event.source()));
        } catch (RuntimeException e) {
            // The labels come from the model, so the event's id is what can't be written.
            throw new RejectedEventException(Stage.CLASSIFY, "label", "the label can't be written: " + e, e);
        }
    }

    /** Stops decoding, then finishes the images that are queued on a device. */
    @Override
    public void close() {
        decodePool.shutdownNow();
        devices.close();
    }
}
