package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes batches from a device's queue and runs them, until the queue is closed and empty. It prepares the next full batch
 * while its device runs the one before, so that the device never waits for it.
 *
 * <p>Threading: a thread of its own runs it; any thread may ask for its load or retire it.
 */
final class DeviceWorker implements Runnable {
    private final String device;
    private final WatchedClassifier classifier;
    private final BatchRunner runner;
    private final BatchQueue queue;
    private final BatchCeiling ceiling;
    private final InferenceMetrics metrics;
    private final LongSupplier nanoTicker;
    private final Owner owner;
    /** The batches it has begun with and not ended; guarded by this. */
    private final List<Batch> inHand = new ArrayList<>();

    private boolean retired;

    /** Whom a worker works for; it calls on its own thread. */
    interface Owner {
        /** Takes back images of a batch that came when the worker was retired. */
        void putBack(List<PendingImage> images);

        /** The device is broken, as this worker has found; nothing happens if the worker is retired. */
        void fail(DeviceWorker worker, DeviceFailedException failure);
    }

    /** @param classifier closed when the worker ends */
    DeviceWorker(
            String device,
            Classifier classifier,
            int imageBytes,
            BatchQueue queue,
            BatchCeiling ceiling,
            InferenceMetrics metrics,
            LongSupplier nanoTicker,
            Owner owner) {
        this.device = device;
        this.classifier = new WatchedClassifier(classifier);
        this.runner = new BatchRunner(device, this.classifier, imageBytes, ceiling, metrics, this::isRetired);
        this.queue = queue;
        this.ceiling = ceiling;
        this.metrics = metrics;
        this.nanoTicker = nanoTicker;
        this.owner = owner;
    }

    WatchedClassifier classifier() {
        return classifier;
    }

    /** Returns how many images it has begun with and not ended. */
    synchronized int load() {
        int images = 0;
        for (Batch batch : inHand) {
            images += batch.images().size();
        }
        return images;
    }

    /**
     * Gives it up: it takes no more batches, and when it comes back from the call that it may be in, it changes nothing: no
     * future, metric or ceiling, nor does a failure of it count. What it has begun with is ended in the metrics.
     *
     * @return the images it had not ended, for others; none the second time
     */
    synchronized List<PendingImage> retire() {
        retired = true;
        List<PendingImage> left =
                inHand.stream().flatMap(batch -> batch.images().stream()).toList();
        inHand.forEach(batch -> metrics.abandoned(device));
        inHand.clear();
        return left;
    }

    private synchronized boolean isRetired() {
        return retired;
    }

    private synchronized boolean hold(Batch batch) {
        if (!retired) {
            inHand.add(batch);
            metrics.began(device);
        }
        return !retired;
    }

    /** Returns whether the batch was still its own; else it was ended by who retired the worker. */
    private synchronized boolean letGo(Batch batch) {
        return inHand.removeIf(held -> held == batch);
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
            // Such as no memory for a buffer.
            owner.fail(this, new DeviceFailedException("a worker of " + device + " failed: " + e, e));
        }
    }

    private void work() throws InterruptedException {
        Running running = null;
        long lastEnd = nanoTicker.getAsLong();
        while (!isRetired()) {
            // While the device is at work, only a full batch is worth preparing: it can't become better by waiting.
            Batch batch = running == null ? queue.take(ceiling.get()) : queue.takeIfFull(ceiling.get());
            if (batch == null && running == null) {
                return;
            }
            if (batch != null && !hold(batch)) {
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

    /** A batch on the device; {@code end} waits for it and completes its futures. */
    private record Running(Batch batch, Runnable end, int size, long oldestWaitNanos, long startNanos) {}

    private Running begin(Batch batch) {
        long start = nanoTicker.getAsLong();
        long oldestWait = start - batch.images().get(0).queuedNanos();
        return new Running(batch, runner.begin(batch.images()), batch.images().size(), oldestWait, start);
    }

    /** Returns when the batch ended. The device had it from its start, or from the end of the one before. */
    private long end(Running running, long lastEnd) {
        running.end().run();
        long now = nanoTicker.getAsLong();
        if (!letGo(running.batch())) {
            return now;
        }
        long began = Math.max(running.startNanos(), lastEnd);
        metrics.batch(device, running.size(), running.batch().closedBy(), running.oldestWaitNanos(), now - began);
        for (PendingImage image : running.batch().images()) {
            metrics.waited(began - image.queuedNanos());
        }
        return now;
    }
}
