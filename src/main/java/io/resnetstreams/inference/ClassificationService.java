package io.resnetstreams.inference;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.ImageEvent;
import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.LabelEvent.SourceImage;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.OutcomeList;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DecodeCapacity;
import io.resnetstreams.inference.batch.DeviceGroup;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Turns a raw event into its outcome: it reads, fetches and decodes images, and classifies them in batches on devices. Only
 * as many images are decoded in advance as keep the devices busy: pixels are many times larger than the files that the
 * in-flight window counts, and decoding takes cores from a network on the CPU.
 *
 * <p>Threading: any thread may call {@link #classify}, which does not block. The future completes on a decode or device
 * thread; it fails only if the instance must end, since an invalid event completes with a {@link DeadLetter}.
 */
public final class ClassificationService implements AutoCloseable {
    private final EventReader reader;
    private final ImageSource images;
    private final ImagePreprocessor preprocessor;
    private final DeviceGroup devices;
    private final LabelFactory labels;
    private final InferenceMetrics metrics;
    private final DecodePool decodePool;
    /** Reads events whose schema must be looked up, so that images of other events do not wait for the registry. */
    private final ExecutorService schemaThread;

    private final DecodeCapacity capacity;

    /** One image of an event on its way to its outcome; {@code part} is null if it is the only one. */
    private record Task(RawEvent event, ImageEvent image, Part part, CompletableFuture<Outcome> outcome) {
        void reject(RejectedEventException rejection) {
            outcome.complete(DeadLetter.of(event, rejection, part));
        }
    }

    /** Takes ownership of the batchers, one for each device, which are closed with this service. */
    public ClassificationService(
            EventReader reader,
            ImageSource images,
            ImagePreprocessor preprocessor,
            int decodeThreads,
            List<Batcher> batchers,
            LabelFactory labels,
            InferenceMetrics metrics) {
        this.reader = reader;
        this.images = images;
        this.preprocessor = preprocessor;
        this.devices = new DeviceGroup(batchers);
        this.labels = labels;
        this.metrics = metrics;
        this.capacity = new DecodeCapacity(devices::capacity);
        this.decodePool = new DecodePool("decode-", decodeThreads);
        this.schemaThread = Executors.newSingleThreadExecutor(DaemonThreads.named("schema-lookup"));
    }

    /** Starts to classify an event. Cancelling the future skips the steps that have not started, and ends transfers. */
    public CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> outcome = queue(event);
        startQueued();
        return outcome;
    }

    /** Does the same, but does not start before {@link #startQueued}. */
    public CompletableFuture<Outcome> queue(RawEvent event) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        if (reader.looksUpSchema(event)) {
            Executor decoding = step -> execute(decodePool, outcome, step);
            execute(schemaThread, outcome, () -> read(event, outcome, decoding));
        } else {
            execute(decodePool::queue, outcome, () -> read(event, outcome, Runnable::run));
        }
        return outcome;
    }

    /** Starts the queued events. */
    public void startQueued() {
        decodePool.startQueued();
    }

    private static boolean execute(Executor threads, CompletableFuture<Outcome> outcome, Runnable step) {
        try {
            threads.execute(() -> {
                if (outcome.isDone()) {
                    return;
                }
                try {
                    step.run();
                } catch (RuntimeException | Error e) {
                    outcome.completeExceptionally(e);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            outcome.completeExceptionally(closed(e));
            return false;
        }
    }

    private static IllegalStateException closed(Exception cause) {
        return new IllegalStateException("the classification service is closed", cause);
    }

    /** Reads an event, and has its images fetched or decoded by {@code decoding}. */
    private void read(RawEvent event, CompletableFuture<Outcome> outcome, Executor decoding) {
        long start = System.nanoTime();
        List<ImageEvent> found;
        try {
            found = readImages(event);
        } catch (RejectedEventException e) {
            outcome.complete(DeadLetter.of(event, e));
            return;
        }
        long readNanos = System.nanoTime() - start;
        if (found.size() == 1) {
            Task only = new Task(event, found.get(0), null, outcome);
            decoding.execute(() -> begin(only, readNanos));
            return;
        }
        List<Task> tasks = new ArrayList<>();
        for (ImageEvent image : found) {
            Part part = new Part(tasks.size() + 1, found.size());
            tasks.add(new Task(event, image, part, new CompletableFuture<>()));
        }
        CompletableFuture<?>[] parts = tasks.stream().map(Task::outcome).toArray(CompletableFuture[]::new);
        outcome.whenComplete((done, failure) -> tasks.forEach(task -> task.outcome.cancel(false)));
        CompletableFuture.allOf(parts).whenComplete((done, failure) -> {
            if (failure != null) {
                outcome.completeExceptionally(failure.getCause());
            } else {
                outcome.complete(new OutcomeList(tasks.stream()
                        .flatMap(task -> task.outcome.join().each().stream())
                        .toList()));
            }
        });
        tasks.forEach(task -> decoding.execute(() -> begin(task, readNanos / tasks.size())));
    }

    private List<ImageEvent> readImages(RawEvent event) throws RejectedEventException {
        try {
            return reader.read(event);
        } catch (RuntimeException | StackOverflowError e) {
            if (Thread.currentThread().isInterrupted()) {
                // The service is being closed while the event waits for a schema.
                throw e;
            }
            // As with decoders, an event that breaks the parser must not block its partition.
            throw new RejectedEventException(Stage.EVENT, "reader", "the event can't be read: " + e, e);
        }
    }

    private void begin(Task task, long readNanos) {
        if (task.image.rejection() != null) {
            task.reject(task.image.rejection());
        } else if (task.image.image() != null) {
            decode(task, task.image.image(), null, readNanos);
        } else {
            fetch(task, readNanos);
        }
    }

    private void fetch(Task task, long readNanos) {
        ImageReference reference = task.image.reference();
        CompletableFuture<? extends ImageSource.Fetched> fetching = images.fetch(reference);
        task.outcome.whenComplete((done, failure) -> fetching.cancel(false));
        fetching.whenComplete((fetched, failure) -> {
            if (failure instanceof RejectedEventException rejection) {
                task.reject(rejection);
            } else if (failure != null) {
                task.outcome.completeExceptionally(failure);
            } else {
                // Also if the outcome is no longer needed.
                task.outcome.whenComplete((done, failed) -> fetched.close());
                execute(decodePool, task.outcome, () -> {
                    decode(
                            task,
                            fetched.bytes(),
                            new SourceImage(reference.uriWithoutSecrets(), fetched.sha256()),
                            readNanos);
                    fetched.close();
                });
            }
        });
    }

    /** Decodes an image, unless it is no longer needed; {@code source} is where it was fetched from, or null. */
    private void decode(Task task, byte[] image, SourceImage source, long readNanos) {
        try {
            capacity.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.outcome.completeExceptionally(closed(e));
            return;
        }
        task.outcome.whenComplete((done, failure) -> capacity.release());
        if (task.outcome.isDone()) {
            // Cancelled while it waited.
            return;
        }
        try {
            long start = System.nanoTime();
            byte[] pixels = toPixels(image);
            metrics.decoded(readNanos + System.nanoTime() - start);
            CompletableFuture<float[]> row = new CompletableFuture<>();
            task.outcome.whenComplete((done, failure) -> row.cancel(false));
            row.whenComplete((values, failure) -> finish(task, source, values, failure));
            devices.submit(pixels, row);
        } catch (RejectedEventException e) {
            task.reject(e);
        }
    }

    private byte[] toPixels(byte[] image) throws RejectedEventException {
        try {
            return preprocessor.toPixels(image);
        } catch (RuntimeException e) {
            // An image that breaks the decoder must not block its partition.
            throw new RejectedEventException(Stage.DECODE, "decoder", "the decoder failed: " + e, e);
        }
    }

    private void finish(Task task, SourceImage source, float[] row, Throwable failure) {
        try {
            if (failure instanceof RejectedEventException rejection) {
                task.reject(rejection);
            } else if (failure != null) {
                task.outcome.completeExceptionally(failure);
            } else {
                task.outcome.complete(labels.of(task.event, task.image.id(), task.part, source, row));
            }
        } catch (RejectedEventException e) {
            task.reject(e);
        } catch (RuntimeException e) {
            task.outcome.completeExceptionally(e);
        }
    }

    /** Stops decoding, then finishes the images that are queued on a device. */
    @Override
    public void close() {
        schemaThread.shutdownNow();
        decodePool.close();
        devices.close();
    }
}
