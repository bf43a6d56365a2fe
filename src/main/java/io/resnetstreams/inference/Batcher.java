package io.resnetstreams.inference;

import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One device's queue and the workers that empty it, each with a classifier of its own. All partitions of the instance
 * feed it, so that batches fill although each partition may be slow.
 *
 * <p>Threading: {@link #submit} may be called by any thread; futures complete on a worker's thread.
 *
 * <p>A worker prepares the next full batch while its device runs the one before, so that the device never waits for it.
 *
 * <p>Closing has two phases: no more images are taken, then what is queued is classified, for at most 30 s; what is left
 * then is abandoned, since its events are uncommitted.
 */
public final class Batcher implements AutoCloseable {
    private static final long CLOSE_TIMEOUT_SECONDS = 30;
    private static final int ROOM_IN_BATCHES = 4;

    private final String device;
    private final BatchQueue queue;
    private final LongSupplier nanoTicker;
    private final AtomicInteger ceiling;
    private final AtomicInteger onDevice = new AtomicInteger();
    private final InferenceMetrics metrics;
    private final int imageBytes;
    private final int largestBatch;
    private final List<Thread> workers = new ArrayList<>();

    /**
     * Starts the workers.
     *
     * @param imageBytes the size of one image's pixels, H·W·3
     * @param classifiers one for each worker; they are closed with the batcher
     */
    public Batcher(
            String device, List<Classifier> classifiers, int imageBytes, BatchPolicy policy, InferenceMetrics metrics) {
        this.device = device;
        this.nanoTicker = System::nanoTime;
        this.queue = new BatchQueue(policy, nanoTicker);
        this.ceiling = new AtomicInteger(policy.maxSize());
        this.metrics = metrics;
        this.imageBytes = imageBytes;
        this.largestBatch = policy.maxSize();
        for (Classifier classifier : classifiers) {
            Thread worker = new Thread(() -> work(classifier), "device-" + device + "-" + workers.size());
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /**
     * Returns how many images it should have for its workers never to wait: for each one the batch on the device, the one
     * prepared behind it, and two more that are being decoded meanwhile.
     */
    int room() {
        return ROOM_IN_BATCHES * workers.size() * largestBatch;
    }

    /** Returns how many images wait for this device or are on it. */
    int load() {
        return queue.size() + onDevice.get();
    }

    /**
     * Queues an image.
     *
     * @param probabilities completed with the class probabilities; or exceptionally, with {@link
     *     io.resnetstreams.events.RejectedEventException} where the image is at fault, or {@link DeviceFailedException}
     */
    void submit(byte[] pixels, CompletableFuture<float[]> probabilities) {
        if (!queue.add(new PendingImage(pixels, probabilities, nanoTicker.getAsLong()))) {
            probabilities.completeExceptionally(new IllegalStateException("the batcher of " + device + " is closed"));
        }
    }

    /** A batch on the device; {@code end} waits for it and completes its futures. */
    private record Running(Batch batch, Runnable end, int size, long oldestWaitNanos, long startNanos) {}

    private void work(Classifier classifier) {
        try (classifier) {
            BatchRunner runner = new BatchRunner(
                    classifier, imageBytes, ceiling, newCeiling -> metrics.outOfMemory(device, newCeiling));
            Running running = null;
            long lastEnd = nanoTicker.getAsLong();
            while (true) {
                // While the device is at work, only a full batch is worth preparing: it can't become better by waiting.
                Batch batch = running == null ? queue.take(ceiling.get()) : queue.takeIfFull(ceiling.get());
                if (batch == null && running == null) {
                    return;
                }
                Running next = batch == null ? null : begin(runner, batch);
                if (running != null) {
                    lastEnd = end(running, lastEnd);
                }
                running = next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Running begin(BatchRunner runner, Batch batch) {
        long start = nanoTicker.getAsLong();
        // The futures take the images along, so what the metrics need is read first.
        int size = batch.images().size();
        onDevice.addAndGet(size);
        long oldestWait = start - batch.images().get(0).queuedNanos();
        metrics.began(device);
        Runnable end = guarded(batch, () -> runner.begin(batch.images()));
        return new Running(batch, end, size, oldestWait, start);
    }

    /** Returns when the batch ended. The device had it from its start, or from the end of the one before. */
    private long end(Running running, long lastEnd) {
        guarded(running.batch(), () -> {
            running.end().run();
            return running.end();
        });
        onDevice.addAndGet(-running.size());
        long now = nanoTicker.getAsLong();
        long began = Math.max(running.startNanos(), lastEnd);
        metrics.batch(device, running.size(), running.batch().closedBy(), running.oldestWaitNanos(), now - began);
        for (PendingImage image : running.batch().images()) {
            metrics.waited(began - image.queuedNanos());
        }
        return now;
    }

    /** An error, such as no memory for a buffer, must end the instance rather than this thread in silence. */
    private Runnable guarded(Batch batch, Supplier<Runnable> step) {
        try {
            return step.get();
        } catch (RuntimeException | Error e) {
            DeviceFailedException failure = new DeviceFailedException("a worker of " + device + " failed: " + e, e);
            batch.images().forEach(image -> image.probabilities().completeExceptionally(failure));
            return () -> {};
        }
    }

    @Override
    public void close() {
        queue.close();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_TIMEOUT_SECONDS);
            for (Thread worker : workers) {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
