package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.MetricBuilders.DEVICE;
import static io.resnetstreams.metrics.MetricBuilders.histogram;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

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

    private final PrometheusRegistry registry;
    private final Map<String, DeviceWork> devices;
    private final Histogram decodeSeconds;
    private final Histogram waitSeconds;
    private final Histogram inferenceSeconds;
    private final Histogram batchSize;

    DeviceMetrics(PrometheusRegistry registry, PipelineCounts counts) {
        this.registry = registry;
        this.devices = counts.devices();
        decodeSeconds = histogram(
                        "decode_seconds", "The time to read an event and decode its image, in seconds.", SHORT_SECONDS)
                .register(registry);
        waitSeconds = histogram(
                        "queue_wait_seconds",
                        "The time that a decoded image waits for a device, in seconds.",
                        WAIT_SECONDS)
                .register(registry);
        inferenceSeconds = histogram(
                        "inference_seconds",
                        "The time that the device takes to classify a batch, in seconds.",
                        SHORT_SECONDS)
                .labelNames(DEVICE)
                .register(registry);
        batchSize = histogram("batch_size", "The number of images in a batch.", IMAGES)
                .labelNames(DEVICE)
                .register(registry);
        MetricBuilders.counter("batches_total", "The total number of batches, by the reason why they were closed.")
                .labelNames(DEVICE, "closed_by")
                .callback(counter -> devices.forEach((name, work) -> work.batches()
                        .forEach((closedBy, count) -> counter.call(count.sum(), name, labelOf(closedBy)))))
                .register(registry);
        MetricBuilders.counter(
                        "device_out_of_memory_total",
                        "The total number of batches that did not fit into the memory of the device.")
                .labelNames(DEVICE)
                .callback(counter -> devices.forEach((name, work) -> counter.call(work.timesOutOfMemory(), name)))
                .register(registry);
        gauge(
                "batch_ceiling",
                "The maximum batch size of the device, in images. It decreases when the device runs out of memory.",
                DeviceWork::ceiling);
        gauge(
                "device_busy_ratio",
                "The fraction of the last 30 seconds, from 0 to 1, that the workers of the device spent on batches.",
                DeviceWork::busyRatio);
        gauge(
                "device_failed",
                "1 if the device has failed and gets no more images, otherwise 0.",
                work -> work.hasFailed() ? 1 : 0);
        MetricBuilders.gauge(
                        "capacity_images_per_second",
                        "The number of images per second that the devices of the instance can classify.")
                .callback(gauge -> PipelineMetrics.callIfKnown(gauge, counts.capacity()))
                .register(registry);
        counts.passOnTo(this);
    }

    private static String labelOf(ClosedBy closedBy) {
        return closedBy.name().toLowerCase(Locale.ROOT);
    }

    private void gauge(String name, String help, ToDoubleFunction<DeviceWork> value) {
        MetricBuilders.gauge(name, help)
                .labelNames(DEVICE)
                .callback(gauge -> devices.forEach(
                        (device, work) -> PipelineMetrics.callIfKnown(gauge, value.applyAsDouble(work), device)))
                .register(registry);
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
