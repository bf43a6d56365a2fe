package io.resnetstreams.inference.batch;

import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.model.Classifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device's queue and the workers that empty it, each with a classifier of its own. All partitions of the instance
 * feed it, so that batches fill although each partition may be slow.
 *
 * <p>A device that fails takes no more images until the process ends, and what it had goes elsewhere: see {@link
 * DeviceGroup}. It isn't tried again, since the errors of a GPU stick to the process.
 *
 * <p>Threading: {@link #submit} may be called by any thread; futures complete on a worker's thread.
 *
 * <p>Closing has two phases: no more images are taken, then what is queued is classified, for at most 30 s; what is left
 * then is abandoned, since its events are uncommitted.
 */
public final class Batcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 30;
    private static final int ROOM_IN_BATCHES = 4;

    private final String device;
    private final BatchQueue queue;
    private final LongSupplier nanoTicker = System::nanoTime;
    private final BatchCeiling ceiling;
    private final InferenceMetrics metrics;
    private final int imageBytes;
    private final Map<DeviceWorker, Thread> workers = new ConcurrentHashMap<>();
    private final AtomicReference<DeviceFailedException> failure = new AtomicReference<>();
    /** Null where nobody watches. */
    private final RepeatingTask watching;

    private final Inside inside = new Inside();
    private final AtomicInteger started = new AtomicInteger();
    private volatile BiConsumer<Collection<PendingImage>, DeviceFailedException> heir = Batcher::failAll;

    /**
     * Starts the workers, whose calls may take for ever.
     *
     * @param imageBytes the size of one image's pixels, H·W·3
     * @param classifiers one for each worker; they are closed with the batcher
     */
    public Batcher(
            String device, List<Classifier> classifiers, int imageBytes, BatchPolicy policy, InferenceMetrics metrics) {
        this(device, classifiers, imageBytes, policy, metrics, null);
    }

    /**
     * Starts the workers and watches over their calls.
     *
     * @param supervision what is done about calls that do not come back; null for nothing
     */
    public Batcher(
            String device,
            List<Classifier> classifiers,
            int imageBytes,
            BatchPolicy policy,
            InferenceMetrics metrics,
            Supervision supervision) {
        this.device = device;
        this.queue = new BatchQueue(policy, nanoTicker);
        this.ceiling = new BatchCeiling(policy.maxSize());
        this.metrics = metrics;
        this.imageBytes = imageBytes;
        List<DeviceWorker> first = classifiers.stream().map(this::worker).toList();
        first.forEach(this::start);
        this.watching = supervision == null ? null : watch(supervision);
    }

    private RepeatingTask watch(Supervision supervision) {
        Watchdog watchdog = new Watchdog(inside, supervision, imageBytes, this::runFresh, nanoTicker);
        Duration period = Duration.ofMillis(watchdog.periodMillis());
        return RepeatingTask.start("watchdog-" + device, period, period, watchdog::look);
    }

    private DeviceWorker worker(Classifier classifier) {
        return new DeviceWorker(device, classifier, imageBytes, queue, ceiling, metrics, nanoTicker, inside);
    }

    private void start(DeviceWorker worker) {
        Thread thread = DeviceThreads.create("device-" + device + "-" + started.getAndIncrement(), worker);
        workers.put(worker, thread);
        thread.start();
    }

    private void runFresh(Runnable attempt) {
        DeviceThreads.create("device-" + device + "-fresh", attempt).start();
    }

    /**
     * Returns how many images it should have for its workers never to wait: for each one the batch on the device, the one
     * prepared behind it, and two more that are being decoded meanwhile. None where the device has failed.
     */
    int room() {
        return hasFailed() ? 0 : ROOM_IN_BATCHES * workers.size() * ceiling.get();
    }

    /** Returns how many images wait for this device or are on it. */
    int load() {
        return queue.size()
                + workers.keySet().stream().mapToInt(DeviceWorker::load).sum();
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    /** Says who gets the images of this device when it fails, with its failure; without one their futures fail. */
    void bequeathTo(BiConsumer<Collection<PendingImage>, DeviceFailedException> newHeir) {
        heir = newHeir;
    }

    private static void failAll(Collection<PendingImage> images, DeviceFailedException failure) {
        images.forEach(image -> image.probabilities().completeExceptionally(failure));
    }

    /**
     * Queues an image.
     *
     * @param probabilities completed with the class probabilities; or exceptionally, with {@link
     *     io.resnetstreams.events.RejectedEventException} where the image is at fault, or {@link DeviceFailedException}
     */
    void submit(byte[] pixels, CompletableFuture<float[]> probabilities) {
        submit(new PendingImage(pixels, probabilities, nanoTicker.getAsLong()));
    }

    void submit(PendingImage image) {
        if (queue.add(image)) {
            return;
        }
        if (hasFailed()) {
            heir.accept(List.of(image), failure.get());
        } else {
            image.probabilities()
                    .completeExceptionally(new IllegalStateException("the batcher of " + device + " is closed"));
        }
    }

    private void giveUp(DeviceFailedException reason) {
        if (failure.compareAndSet(null, reason)) {
            LOG.error("{} has failed and gets no more images: {}", device, reason.getMessage());
            metrics.deviceFailed(device);
        }
        // An image may be queued and with a worker, where it was put back.
        Set<PendingImage> left = new LinkedHashSet<>();
        workers.keySet().forEach(worker -> left.addAll(worker.retire()));
        workers.clear();
        left.addAll(queue.closeAndEmpty());
        left.removeIf(PendingImage::isAbandoned);
        heir.accept(left, failure.get());
    }

    /** What workers and watchdog see of this device. */
    private final class Inside implements Watchdog.Ward, DeviceWorker.Owner {
        @Override
        public String device() {
            return device;
        }

        @Override
        public List<WatchedClassifier> classifiers() {
            return workers.keySet().stream().map(DeviceWorker::classifier).toList();
        }

        @Override
        public void replace(List<WatchedClassifier> stuck, Classifier fresh) {
            for (DeviceWorker worker : workers.keySet()) {
                if (stuck.contains(worker.classifier()) && workers.remove(worker) != null) {
                    putBack(worker.retire());
                }
            }
            try {
                start(worker(fresh));
            } catch (RuntimeException | Error e) {
                // Without a worker there would be nothing left to watch, and its images would wait for ever.
                giveUp(new DeviceFailedException("a fresh copy of the network could not be started: " + e, e));
                return;
            }
            metrics.workers(device, workers.size());
        }

        @Override
        public void putBack(List<PendingImage> images) {
            if (!queue.putBack(images)) {
                heir.accept(images, failure.get());
            }
        }

        @Override
        public void fail(DeviceFailedException reason) {
            giveUp(reason);
        }

        @Override
        public void fail(DeviceWorker worker, DeviceFailedException reason) {
            if (workers.remove(worker) == null) {
                LOG.info("{}: a worker that was given up has failed, too late: {}", device, reason.getMessage());
                return;
            }
            putBack(worker.retire());
            giveUp(reason);
        }
    }

    @Override
    public void close() {
        if (watching != null) {
            watching.close();
        }
        queue.close();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_TIMEOUT_SECONDS);
            for (Thread worker : new ArrayList<>(workers.values())) {
                worker.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
