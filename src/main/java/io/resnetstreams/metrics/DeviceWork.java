package io.resnetstreams.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What one device has done and does now.
 *
 * <p>Threading: thread-safe; {@link #look} is for one thread.
 */
final class DeviceWork {
    private static final Duration LATELY = Duration.ofSeconds(30);

    private volatile int workers;
    private final Capacity capacity;
    private final Meters meters;
    private final LongSupplier nanoTicker;
    private final LongAdder busyNanos = new LongAdder();
    private final RateWindow busySeconds = new RateWindow(LATELY);

    /** Batches begun and not ended, and since when none of them has ended; guarded by this. */
    private int atWork;

    private long sinceNanos;

    private volatile boolean failed;

    /** The device's own children of the metrics. */
    record Meters(
            DistributionDataPoint inferenceSeconds,
            DistributionDataPoint batchSize,
            Map<ClosedBy, CounterDataPoint> batches) {}

    DeviceWork(int workers, Capacity capacity, Meters meters, LongSupplier nanoTicker) {
        this.workers = workers;
        this.capacity = capacity;
        this.meters = meters;
        this.nanoTicker = nanoTicker;
    }

    synchronized void began() {
        if (atWork == 0) {
            sinceNanos = nanoTicker.getAsLong();
        }
        atWork++;
    }

    void ended(int size, ClosedBy closedBy, long nanos) {
        synchronized (this) {
            atWork--;
            sinceNanos = nanoTicker.getAsLong();
        }
        double seconds = nanos / 1e9;
        meters.inferenceSeconds().observe(seconds);
        meters.batchSize().observe(size);
        meters.batches().get(closedBy).inc();
        busyNanos.add(nanos);
        if (closedBy == ClosedBy.FULL) {
            capacity.fullBatch(size, seconds);
        }
    }

    /** A batch was taken from a worker that was given up; the others have as long again. */
    synchronized void abandoned() {
        atWork--;
        sinceNanos = nanoTicker.getAsLong();
    }

    /** So many workers are left. */
    void workers(int left) {
        workers = left;
    }

    /** The device is broken and gets no more images. */
    void failed() {
        failed = true;
    }

    boolean hasFailed() {
        return failed;
    }

    /** Returns how long the device has been at work without ending a batch; 0 where it has none, or is known to be broken. */
    synchronized long sinceLastEndNanos() {
        return atWork == 0 || failed ? 0 : nanoTicker.getAsLong() - sinceNanos;
    }

    /** Takes a reading of the time spent on batches. */
    void look() {
        busySeconds.add(nanoTicker.getAsLong(), busyNanos.sum() / 1e9);
    }

    /** Returns the share of time that the workers were busy lately; nothing before the second reading. */
    OptionalDouble busyRatio() {
        OptionalDouble busy = busySeconds.perSecond();
        // A batch that began before the first reading counts whole.
        return busy.isEmpty() ? busy : OptionalDouble.of(Math.min(1, busy.getAsDouble() / workers));
    }

    /** Returns what all workers together can classify in a second, or 0 as long as it is unknown. */
    double imagesPerSecond() {
        return workers * capacity.imagesPerSecond();
    }
}
