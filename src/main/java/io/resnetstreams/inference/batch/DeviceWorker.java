package io.resnetstreams.inference.batch;

import io.resnetstreams.inference.batch.BatchQueue.Batch;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes batches from a device's queue and runs them, until the queue is closed and empty. It prepares the next full batch while
 * the device runs the previous one, so that the device stays busy.
 *
 * <p>Threading: runs on its own thread; any thread may call {@link #load} and {@link #retire}.
 */
final class DeviceWorker implements Runnable {
    private final Shared device;
    private final WatchedClassifier classifier;
    private final BatchRunner runner;
    private final Batcher owner;
    /** The batches that it has started and not finished. Guarded by this. */
    private final List<Batch> unfinished = new ArrayList<>();

    private boolean retired;

    /** What the workers of a device share; {@code imageBytes} is the size of one image's pixels, H·W·3. */
    record Shared(
            String name,
            int imageBytes,
            BatchQueue queue,
            BatchCeiling ceiling,
            InferenceMetrics metrics,
            LongSupplier nanoTicker) {}

    /** @param classifier closed when the worker ends */
    DeviceWorker(Shared device, Classifier classifier, Batcher owner) {
        this.device = device;
        this.classifier = new WatchedClassifier(classifier);
        this.runner = new BatchRunner(device, this.classifier, this::isRetired);
        this.owner = owner;
    }

    WatchedClassifier classifier() {
        return classifier;
    }

    synchronized int load() {
        return unfinished.stream().mapToInt(batch -> batch.images().size()).sum();
    }

    /**
     * Retires the worker: it takes no more batches, and when a call that is still running returns, it changes no future, metric
     * or ceiling, and ignores a failure. The metrics count its unfinished batches as abandoned.
     *
     * @return the images of its unfinished batches; none if it was retired before
     */
    synchronized List<PendingImage> retire() {
        retired = true;
        List<PendingImage> left =
                unfinished.stream().flatMap(batch -> batch.images().stream()).toList();
        unfinished.forEach(batch -> device.metrics().abandoned(device.name()));
        unfinished.clear();
        return left;
    }

    private synchronized boolean isRetired() {
        return retired;
    }

    private synchronized boolean start(Batch batch) {
        if (!retired) {
            unfinished.add(batch);
            device.metrics().began(device.name());
        }
        return !retired;
    }

    /** Returns false if the worker was retired, so that the batch is no longer its own. */
    private synchronized boolean finish(Batch batch) {
        return unfinished.removeIf(other -> other == batch);
    }

    @Override
    public void run() {
        try (classifier) {
            work();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (DeviceFailedException e) {
            owner.fail(this, e);
        } catch (RuntimeException | Error e) {
            // For example, no memory for a buffer.
            owner.fail(this, new DeviceFailedException("a worker of " + device.name() + " failed: " + e, e));
        }
    }

    private void work() throws InterruptedException {
        Running running = null;
        long lastEnd = device.nanoTicker().getAsLong();
        while (!isRetired()) {
            // While the device is busy, only a full batch is prepared; a smaller one could still grow.
            int ceiling = device.ceiling().get();
            Batch batch = running == null
                    ? device.queue().take(ceiling)
                    : device.queue().takeIfFull(ceiling);
            if (batch == null && running == null) {
                return;
            }
            if (batch != null && !start(batch)) {
                owner.putBack(batch.images());
                return;
            }
            Running next = batch == null ? null : begin(batch);
            if (running != null) {
                lastEnd = end(running, lastEnd);
            }
            running = next;
        }
    }

    /** A batch on the device; {@code end} waits for the result and completes the futures. */
    private record Running(Batch batch, Runnable end, long startNanos) {}

    private Running begin(Batch batch) {
        long start = device.nanoTicker().getAsLong();
        return new Running(batch, runner.begin(batch.images()), start);
    }

    /** Returns when the batch ended. The device worked on it since its start, or since the end of the previous batch. */
    private long end(Running running, long lastEnd) {
        running.end().run();
        long now = device.nanoTicker().getAsLong();
        if (!finish(running.batch())) {
            return now;
        }
        List<PendingImage> images = running.batch().images();
        long oldestWait = running.startNanos() - images.get(0).queuedNanos();
        long began = Math.max(running.startNanos(), lastEnd);
        device.metrics().batch(device.name(), images.size(), running.batch().closedBy(), oldestWait, now - began);
        for (PendingImage image : images) {
            device.metrics().waited(began - image.queuedNanos());
        }
        return now;
    }
}
