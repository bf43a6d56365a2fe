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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one device and its workers, each with its own classifier. All partitions of the instance share the
 * queue, so that batches fill even if each partition is slow.
 *
 * <p>A failed device accepts no more images until the process ends, since errors of a GPU persist; its images go to
 * other devices (see {@link DeviceGroup}).
 *
 * <p>Threading: any thread may call {@link #submit}; futures complete on a worker's thread. Closing first accepts no
 * more images, then classifies the queued ones for at most 30 s; the rest is abandoned, as its events are uncommitted.
 */
public final class Batcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 30;
    private static final int CAPACITY_IN_BATCHES = 4;

    private final String device;
    private final DeviceWorker.Shared shared;
    private final Map<DeviceWorker, Thread> workers = new ConcurrentHashMap<>();
    private final AtomicReference<DeviceFailedException> failure = new AtomicReference<>();
    private final RepeatingTask watchdog;
    private final AtomicInteger started = new AtomicInteger();
    private volatile BiConsumer<Collection<PendingImage>, DeviceFailedException> failureHandler = Batcher::failAll;

    /**
     * Starts the workers and their watchdog.
     *
     * @param classifiers one for each worker; they are closed with the batcher
     * @param imageBytes the size of one image's pixels, H·W·3
     * @param supervision what to do about calls that do not return
     */
    public Batcher(
            String device,
            List<Classifier> classifiers,
            int imageBytes,
            BatchPolicy policy,
            InferenceMetrics metrics,
            Supervision supervision) {
        this.device = device;
        BatchQueue queue = new BatchQueue(policy, System::nanoTime);
        BatchCeiling ceiling = new BatchCeiling(policy.maxSize());
        this.shared = new DeviceWorker.Shared(device, imageBytes, queue, ceiling, metrics, System::nanoTime);
        List<DeviceWorker> first = classifiers.stream().map(this::worker).toList();
        first.forEach(this::start);
        Watchdog checks = new Watchdog(
                new Supervised(),
                supervision,
                imageBytes,
                attempt -> DeviceThreads.create("device-" + device + "-fresh", attempt)
                        .start(),
                System::nanoTime);
        Duration period = Duration.ofMillis(checks.periodMillis());
        this.watchdog = RepeatingTask.start("watchdog-" + device, period, period, checks::look);
    }

    private DeviceWorker worker(Classifier classifier) {
        return new DeviceWorker(shared, classifier, this);
    }

    private void start(DeviceWorker worker) {
        Thread thread = DeviceThreads.create("device-" + device + "-" + started.getAndIncrement(), worker);
        workers.put(worker, thread);
        thread.start();
    }

    /**
     * Returns the number of images that keep its workers busy: for each worker the batch on the device, the one prepared next,
     * and two more that are being decoded. 0 if the device has failed.
     */
    int capacity() {
        return hasFailed()
                ? 0
                : CAPACITY_IN_BATCHES * workers.size() * shared.ceiling().get();
    }

    int load() {
        return shared.queue().size()
                + workers.keySet().stream().mapToInt(DeviceWorker::load).sum();
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    /** Sets what receives the images of this device when it fails. By default their futures fail. */
    void onFailure(BiConsumer<Collection<PendingImage>, DeviceFailedException> handler) {
        failureHandler = handler;
    }

    private static void failAll(Collection<PendingImage> images, DeviceFailedException failure) {
        images.forEach(image -> image.probabilities().completeExceptionally(failure));
    }

    /** Queues an image; its future fails with RejectedEventException or {@link DeviceFailedException}. */
    void submit(byte[] pixels, CompletableFuture<float[]> probabilities) {
        submit(new PendingImage(pixels, probabilities, System.nanoTime()));
    }

    void submit(PendingImage image) {
        if (shared.queue().add(image)) {
            return;
        }
        if (hasFailed()) {
            failureHandler.accept(List.of(image), failure.get());
        } else {
            image.probabilities()
                    .completeExceptionally(new IllegalStateException("the batcher of " + device + " is closed"));
        }
    }

    private void giveUp(DeviceFailedException reason) {
        if (failure.compareAndSet(null, reason)) {
            LOG.error("{} has failed and gets no more images: {}", device, reason.getMessage());
            shared.metrics().deviceFailed(device);
        }
        // An image that was put back may be both queued and with a worker.
        Set<PendingImage> left = new LinkedHashSet<>();
        workers.keySet().forEach(worker -> left.addAll(worker.retire()));
        workers.clear();
        left.addAll(shared.queue().closeAndEmpty());
        left.removeIf(PendingImage::isAbandoned);
        failureHandler.accept(left, failure.get());
    }

    /** Queues images again that a worker had taken. */
    void putBack(List<PendingImage> images) {
        if (!shared.queue().putBack(images)) {
            failureHandler.accept(images, failure.get());
        }
    }

    /** Marks the device as broken, unless the worker is retired. Called on the worker's thread. */
    void fail(DeviceWorker worker, DeviceFailedException reason) {
        if (workers.remove(worker) == null) {
            LOG.info("{}: a retired worker has failed, which is ignored: {}", device, reason.getMessage());
            return;
        }
        putBack(worker.retire());
        giveUp(reason);
    }

    private final class Supervised implements Watchdog.WatchedDevice {
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
                // Without a worker, queued images would wait forever.
                giveUp(new DeviceFailedException("a new copy of the network could not be started: " + e, e));
                return;
            }
            shared.metrics().workers(device, workers.size());
        }

        @Override
        public void fail(DeviceFailedException reason) {
            giveUp(reason);
        }
    }

    @Override
    public void close() {
        watchdog.close();
        shared.queue().close();
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
