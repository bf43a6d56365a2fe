package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.MetricRegistration.DEVICE;
import static io.resnetstreams.metrics.MetricRegistration.callIfKnown;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.Locale;

/**
 * The metrics of decode threads and devices. Histograms observe what {@link PipelineCounts} passes on; all others read the
 * counts at a scrape. Thread-safe.
 */
final class DeviceMetrics implements InferenceMetrics {
    private static final double NANOS = 1e-9;
    private static final double[] SHORT_SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };
    private static final double[] WAIT_SECONDS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };
    private static final double[] IMAGES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

    private final Histogram decodeSeconds;
    private final Histogram waitSeconds;
    private final Histogram inferenceSeconds;
    private final Histogram batchSize;

    DeviceMetrics(PrometheusRegistry registry, PipelineCounts counts) {
        MetricRegistration metrics = new MetricRegistration(registry);
        decodeSeconds = metrics.histogram(
                "decode_seconds", "The time to read an event and decode its image, in seconds.", SHORT_SECONDS);
        waitSeconds = metrics.histogram(
                "queue_wait_seconds", "The time that a decoded image waits for a device, in seconds.", WAIT_SECONDS);
        inferenceSeconds = metrics.histogram(
                "inference_seconds",
                "The time that the device takes to classify a batch, in seconds.",
                SHORT_SECONDS,
                DEVICE);
        batchSize = metrics.histogram("batch_size", "The number of images in a batch.", IMAGES, DEVICE);
        metrics.counter(
                "batches_total",
                "The total number of batches, by the reason why they were closed.",
                counter -> counts.devices().forEach((device, work) -> work.batches()
                        .forEach((closedBy, count) -> counter.call(
                                count.sum(), device, closedBy.name().toLowerCase(Locale.ROOT)))),
                DEVICE,
                "closed_by");
        metrics.counter(
                "device_out_of_memory_total",
                "The total number of batches that did not fit into the memory of the device.",
                counter -> counts.devices().forEach((device, work) -> counter.call(work.timesOutOfMemory(), device)),
                DEVICE);
        metrics.gauge(
                "batch_ceiling",
                "The maximum batch size of the device, in images. It decreases when the device runs out of memory.",
                gauge -> counts.devices()
                        .forEach((device, work) -> gauge.call(work.snapshot().ceiling(), device)),
                DEVICE);
        metrics.gauge(
                "device_busy_ratio",
                "The fraction of the last 30 seconds, from 0 to 1, that the workers of the device spent on batches.",
                gauge -> counts.devices().forEach((device, work) -> callIfKnown(gauge, work.busyRatio(), device)),
                DEVICE);
        metrics.gauge(
                "device_failed",
                "1 if the device has failed and gets no more images, otherwise 0.",
                gauge -> counts.devices()
                        .forEach((device, work) -> gauge.call(work.snapshot().failed() ? 1 : 0, device)),
                DEVICE);
        metrics.gauge(
                "capacity_images_per_second",
                "The number of images per second that the devices of the instance can classify.",
                counts::capacity);
        counts.passOnTo(this);
    }

    /** Creates the time series of the device, so that they are exported with 0. */
    @Override
    public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
        inferenceSeconds.initLabelValues(device);
        batchSize.initLabelValues(device);
    }

    @Override
    public void decoded(long nanos) {
        decodeSeconds.observe(nanos * NANOS);
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        inferenceSeconds.labelValues(device).observe(inferenceNanos * NANOS);
        batchSize.labelValues(device).observe(size);
    }

    @Override
    public void waited(long nanos) {
        waitSeconds.observe(nanos * NANOS);
    }
}
