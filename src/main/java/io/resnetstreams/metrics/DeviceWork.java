package io.resnetstreams.metrics;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The work of one device: finished batches, batches in progress, and its capacity.
 *
 * <p>Threading: thread-safe, except {@link #look}, which one thread calls.
 */
final class DeviceWork {
    private static final Duration WINDOW = Duration.ofSeconds(30);
    /** Device time after which the weight of a batch in the throughput is 1/e. */
    private static final double MEMORY_SECONDS = 30;
    /** Weight of the calibration at startup, as device time. */
    private static final double CALIBRATION_SECONDS = 5;

    private final LongSupplier nanoTicker;
    private final Map<ClosedBy, LongAdder> batches = new EnumMap<>(ClosedBy.class);
    private final LongAdder images = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();
    private final LongAdder timesOutOfMemory = new LongAdder();
    private final RateWindow busySeconds = new RateWindow(WINDOW);
    private volatile int workers;
    private volatile int ceiling;
    private volatile boolean failed;

    /** Batches in progress, and since when none of them has finished; guarded by this, as are the following fields. */
    private int atWork;

    private long sinceNanos;
    /** Images and device time of full batches with decreasing weight, since a device is often slower with few images. */
    private double weightedImages;

    private double weightedSeconds;

    /** @param imagesPerSecond the calibrated throughput of a worker; 0 if unknown */
    DeviceWork(int workers, int ceiling, double imagesPerSecond, LongSupplier nanoTicker) {
        this.workers = workers;
        this.ceiling = ceiling;
        this.weightedImages = imagesPerSecond * CALIBRATION_SECONDS;
        this.weightedSeconds = imagesPerSecond > 0 ? CALIBRATION_SECONDS : 0;
        this.nanoTicker = nanoTicker;
        for (ClosedBy closedBy : ClosedBy.values()) {
            batches.put(closedBy, new LongAdder());
        }
    }

    synchronized void began() {
        if (atWork == 0) {
            sinceNanos = nanoTicker.getAsLong();
        }
        atWork++;
    }

    synchronized void ended(int size, ClosedBy closedBy, long nanos) {
        abandoned();
        batches.get(closedBy).increment();
        images.add(size);
        busyNanos.add(nanos);
        if (closedBy == ClosedBy.FULL) {
            double kept = Math.exp(-nanos / 1e9 / MEMORY_SECONDS);
            weightedImages = weightedImages * kept + size;
            weightedSeconds = weightedSeconds * kept + nanos / 1e9;
        }
    }

    /** A batch is no longer in progress; the time of the others starts again. */
    synchronized void abandoned() {
        atWork--;
        sinceNanos = nanoTicker.getAsLong();
    }

    void workers(int remaining) {
        workers = remaining;
    }

    void outOfMemory(int newCeiling) {
        timesOutOfMemory.increment();
        ceiling = newCeiling;
    }

    void ceiling(int newCeiling) {
        ceiling = newCeiling;
    }

    /** Marks the device as failed: it gets no more images. */
    void failed() {
        failed = true;
    }

    long timesOutOfMemory() {
        return timesOutOfMemory.sum();
    }

    Map<ClosedBy, LongAdder> batches() {
        return batches;
    }

    /** Returns the time since the last batch finished; 0 if none is in progress, or the device has failed. */
    synchronized long sinceLastEndNanos() {
        return atWork == 0 || failed ? 0 : nanoTicker.getAsLong() - sinceNanos;
    }

    void look() {
        busySeconds.add(nanoTicker.getAsLong(), busyNanos.sum() / 1e9);
    }

    /** Returns the share of recent time that the workers were busy; NaN before the second sample. */
    double busyRatio() {
        // The whole time of a batch counts, even if it started before the first sample.
        return Math.min(1, busySeconds.perSecond() / workers);
    }

    /** Returns the images per second of all workers together, or 0 if unknown. */
    synchronized double imagesPerSecond() {
        return weightedSeconds == 0 ? 0 : workers * weightedImages / weightedSeconds;
    }

    CountsSnapshot.Device snapshot() {
        return new CountsSnapshot.Device(
                workers,
                ceiling,
                failed,
                batches.values().stream().mapToLong(LongAdder::sum).sum(),
                batches.get(ClosedBy.FULL).sum(),
                images.sum(),
                busyNanos.sum());
    }
}
