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
 * The work of one device: finished batches and those in progress.
 *
 * <p>Threading: thread-safe, except {@link #look}, which one thread calls.
 */
final class DeviceWork {
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private volatile int workers;
    private final Capacity capacity;
    private final Meters meters;
    private final LongSupplier nanoTicker;
    private final LongAdder busyNanos = new LongAdder();
    private final RateWindow busySeconds = new RateWindow(WINDOW);

    /** Batches in progress, and since when none of them has finished; guarded by this. */
    private int atWork;

    private long sinceNanos;

    private volatile boolean failed;

    /** The time series of the device. */
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

    /** A batch was taken from an abandoned worker; the time of the others starts again. */
    synchronized void abandoned() {
        atWork--;
        sinceNanos = nanoTicker.getAsLong();
    }

    /** Sets the number of remaining workers. */
    void workers(int remaining) {
        workers = remaining;
    }

    /** Marks the device as failed: it gets no more images. */
    void failed() {
        failed = true;
    }

    boolean hasFailed() {
        return failed;
    }

    /** Returns the time since the last batch finished; 0 if none is in progress, or the device has failed. */
    synchronized long sinceLastEndNanos() {
        return atWork == 0 || failed ? 0 : nanoTicker.getAsLong() - sinceNanos;
    }

    /** Samples the time spent on batches. */
    void look() {
        busySeconds.add(nanoTicker.getAsLong(), busyNanos.sum() / 1e9);
    }

    /** Returns the share of recent time that the workers were busy; empty before the second sample. */
    OptionalDouble busyRatio() {
        OptionalDouble busy = busySeconds.perSecond();
        // The whole time of a batch counts, even if it started before the first sample.
        return busy.isEmpty() ? busy : OptionalDouble.of(Math.min(1, busy.getAsDouble() / workers));
    }

    /** Returns the images per second of all workers together, or 0 if unknown. */
    double imagesPerSecond() {
        return workers * capacity.imagesPerSecond();
    }
}
