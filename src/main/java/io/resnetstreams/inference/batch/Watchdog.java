package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a device's workers periodically. If a call exceeds its timeout, a new classifier gets a blank image. If it classifies
 * the image in time, it replaces the stuck workers; if not, or at the second timeout, the device has failed.
 *
 * <p>Threading: one thread calls {@link #look}; the new classifier is tried on the executor.
 */
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long LOOKS_PER_TIMEOUT = 10;
    private static final long SHORTEST_PERIOD_MILLIS = 10;
    private static final long LONGEST_PERIOD_MILLIS = 1_000;

    interface WatchedDevice {
        String device();

        /** Returns the classifiers of its current workers; none if it has failed. */
        List<WatchedClassifier> classifiers();

        /** Retires the workers of these classifiers, queues their images again, and starts a worker with the new one. */
        void replace(List<WatchedClassifier> stuck, Classifier fresh);

        void fail(DeviceFailedException failure);
    }

    private final WatchedDevice device;
    private final Supervision supervision;
    private final List<byte[]> blankImage;
    private final Executor executor;
    private final LongSupplier nanoTicker;
    private long lastLook;
    /** The attempt with a new classifier, or null. */
    private CompletableFuture<Classifier> attempt;

    private long attemptNanos;
    private boolean hasReplaced;

    Watchdog(
            WatchedDevice device, Supervision supervision, int imageBytes, Executor executor, LongSupplier nanoTicker) {
        this.device = device;
        this.supervision = supervision;
        this.blankImage = List.of(new byte[imageBytes]);
        this.executor = executor;
        this.nanoTicker = nanoTicker;
        this.lastLook = nanoTicker.getAsLong();
    }

    long periodMillis() {
        long share = supervision.timeoutMillis() / LOOKS_PER_TIMEOUT;
        return Math.max(SHORTEST_PERIOD_MILLIS, Math.min(LONGEST_PERIOD_MILLIS, share));
    }

    void look() {
        long now = nanoTicker.getAsLong();
        // If the whole process was suspended, that time does not count.
        long passed = Math.min(now - lastLook, 2 * TimeUnit.MILLISECONDS.toNanos(periodMillis()));
        lastLook = now;
        List<WatchedClassifier> classifiers = device.classifiers();
        if (classifiers.isEmpty()) {
            giveUpAttempt();
            return;
        }
        long timeout = TimeUnit.MILLISECONDS.toNanos(supervision.timeoutMillis());
        List<WatchedClassifier> stuck = classifiers.stream()
                .filter(classifier -> classifier.look(passed) >= timeout)
                .toList();
        if (attempt != null) {
            follow(stuck, passed);
        } else if (!stuck.isEmpty()) {
            begin();
        }
    }

    private void begin() {
        if (hasReplaced) {
            fail("for the second time", null);
            return;
        }
        LOG.warn(
                "{}: a batch has not returned within {} ms; trying a new copy of the network with a blank image",
                device.device(),
                supervision.timeoutMillis());
        attemptNanos = 0;
        attempt = CompletableFuture.supplyAsync(this::triedFresh, executor);
    }

    private Classifier triedFresh() {
        Classifier fresh = supervision.fresh().get();
        try {
            ProbabilityRows.classify(fresh, blankImage);
            return fresh;
        } catch (RuntimeException | Error e) {
            fresh.close();
            throw e;
        }
    }

    private void follow(List<WatchedClassifier> stuck, long passed) {
        attemptNanos += passed;
        if (stuck.isEmpty()) {
            LOG.warn("{}: the batch has returned after all", device.device());
            giveUpAttempt();
        } else if (!attempt.isDone()) {
            long allowed = supervision.freshMillis() + supervision.timeoutMillis();
            if (TimeUnit.NANOSECONDS.toMillis(attemptNanos) >= allowed) {
                fail("and a new copy of the network has not classified a blank image within " + allowed + " ms", null);
            }
        } else if (attempt.isCompletedExceptionally()) {
            Throwable failure =
                    attempt.handle((none, thrown) -> thrown.getCause()).join();
            fail("and a new copy of the network failed: " + failure.getMessage(), failure);
        } else {
            device.replace(stuck, attempt.join());
            attempt = null;
            hasReplaced = true;
            LOG.warn("{}: a new copy of the network takes over the batch", device.device());
        }
    }

    private void giveUpAttempt() {
        if (attempt != null) {
            // It is no longer needed, even if it succeeds later.
            attempt.thenAccept(Classifier::close);
            attempt = null;
        }
    }

    private void fail(String reason, Throwable cause) {
        giveUpAttempt();
        device.fail(new DeviceFailedException(
                "the device has not returned from a batch within " + supervision.timeoutMillis() + " ms, " + reason,
                cause));
    }
}
