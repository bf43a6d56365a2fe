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
 * Looks at a device's workers again and again. Where a call takes longer than its time-out, a fresh classifier gets a blank
 * image. If that passes in time, it takes the stuck workers' place; if not, or if it is the second time, the device fails.
 *
 * <p>Threading: one thread calls {@link #look}; a fresh classifier is tried on the executor.
 */
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long LOOKS_PER_TIMEOUT = 10;
    private static final long SHORTEST_PERIOD_MILLIS = 10;
    private static final long LONGEST_PERIOD_MILLIS = 1_000;

    /** What a watchdog watches. */
    interface Ward {
        /** Returns the device's name, for people. */
        String device();

        /** Returns the classifiers of the workers that it has now; none when it has failed. */
        List<WatchedClassifier> classifiers();

        /** Gives up the workers of these classifiers, with their images queued again, and starts one with another. */
        void replace(List<WatchedClassifier> stuck, Classifier fresh);

        /** The device is broken. */
        void fail(DeviceFailedException failure);
    }

    private final Ward ward;
    private final Supervision supervision;
    private final List<byte[]> blankImage;
    private final Executor executor;
    private final LongSupplier nanoTicker;
    private long lastLook;
    /** A fresh classifier that has passed; null while none is tried. */
    private CompletableFuture<Classifier> attempt;

    private long attemptNanos;
    private boolean hasReplaced;

    /** @param imageBytes the size of one image's pixels, H·W·3 */
    Watchdog(Ward ward, Supervision supervision, int imageBytes, Executor executor, LongSupplier nanoTicker) {
        this.ward = ward;
        this.supervision = supervision;
        this.blankImage = List.of(new byte[imageBytes]);
        this.executor = executor;
        this.nanoTicker = nanoTicker;
        this.lastLook = nanoTicker.getAsLong();
    }

    /** Returns how often it should look. */
    long periodMillis() {
        long share = supervision.timeoutMillis() / LOOKS_PER_TIMEOUT;
        return Math.max(SHORTEST_PERIOD_MILLIS, Math.min(LONGEST_PERIOD_MILLIS, share));
    }

    /** Looks once, and does what is to be done. */
    void look() {
        long now = nanoTicker.getAsLong();
        // A process that was stopped, and its watchdog with it, has not been at work for so long.
        long passed = Math.min(now - lastLook, 2 * TimeUnit.MILLISECONDS.toNanos(periodMillis()));
        lastLook = now;
        List<WatchedClassifier> watched = ward.classifiers();
        if (watched.isEmpty()) {
            // The device has failed.
            giveUpAttempt();
            return;
        }
        long timeout = TimeUnit.MILLISECONDS.toNanos(supervision.timeoutMillis());
        List<WatchedClassifier> stuck = watched.stream()
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
                "{}: a batch has not come back within {} ms; a fresh copy of the network gets a blank image",
                ward.device(),
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
            LOG.warn("{}: the batch has come back after all", ward.device());
            giveUpAttempt();
        } else if (!attempt.isDone()) {
            long allowed = supervision.freshMillis() + supervision.timeoutMillis();
            if (TimeUnit.NANOSECONDS.toMillis(attemptNanos) >= allowed) {
                fail("nor from a blank image with a fresh copy of the network within " + allowed + " ms", null);
            }
        } else if (attempt.isCompletedExceptionally()) {
            Throwable failure =
                    attempt.handle((none, thrown) -> thrown.getCause()).join();
            fail("and a fresh copy of the network failed: " + failure.getMessage(), failure);
        } else {
            ward.replace(stuck, attempt.join());
            attempt = null;
            hasReplaced = true;
            LOG.warn("{}: a fresh copy of the network goes on with the batch", ward.device());
        }
    }

    private void giveUpAttempt() {
        if (attempt != null) {
            // Whenever it passes, nobody needs it.
            attempt.thenAccept(Classifier::close);
            attempt = null;
        }
    }

    private void fail(String reason, Throwable cause) {
        giveUpAttempt();
        ward.fail(new DeviceFailedException(
                "the device has not come back from a batch within " + supervision.timeoutMillis() + " ms, " + reason,
                cause));
    }
}
