package io.resnetstreams.metrics;

import static io.resnetstreams.metrics.Names.DEVICE;
import static io.resnetstreams.metrics.Names.PREFIX;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The metrics of decode threads and devices.
 *
 * <p>Threading: thread-safe, except {@link #look}, which one thread calls every few seconds.
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

    private final InferenceMetrics next;
    private final Map<String, DeviceWork> devices = new ConcurrentHashMap<>();
    private final LongSupplier nanoTicker;
    private final Histogram decodeSeconds;
    private final Histogram waitSeconds;
    private final Histogram inferenceSeconds;
    private final Histogram batchSize;
    private final Counter batches;
    private final Counter outOfMemory;
    private final Gauge ceiling;

    /** @param next gets every call too, before this object */
    DeviceMetrics(PrometheusRegistry registry, LongSupplier nanoTicker, InferenceMetrics next) {
        this.next = next;
        this.nanoTicker = nanoTicker;
        decodeSeconds = histogram("decode_seconds", SHORT_SECONDS)
                .help("Time to read an event and to decode its image, in seconds.")
                .register(registry);
        waitSeconds = histogram("queue_wait_seconds", WAIT_SECONDS)
                .help("Time that a decoded image waits until a device begins with it, in seconds.")
                .register(registry);
        inferenceSeconds = histogram("inference_seconds", SHORT_SECONDS)
                .help("Time that a device takes for a batch, in seconds.")
                .labelNames(DEVICE)
                .register(registry);
        batchSize = histogram("batch_size", IMAGES)
                .help("Images in a batch.")
                .labelNames(DEVICE)
                .register(registry);
        batches = Counter.builder()
                .name(PREFIX + "batches_total")
                .help("Batches by why they were closed: the device was free, full, longest delay, end of the instance.")
                .labelNames(DEVICE, "closed_by")
                .register(registry);
        outOfMemory = Counter.builder()
                .name(PREFIX + "device_out_of_memory_total")
                .help("Times that a device had no memory for a batch.")
                .labelNames(DEVICE)
                .register(registry);
        ceiling = Gauge.builder()
                .name(PREFIX + "batch_ceiling")
                .help("The largest batch that the device is given, in images; it falls where memory runs out.")
                .labelNames(DEVICE)
                .register(registry);
        registerGauges(registry);
    }

    private static Histogram.Builder histogram(String name, double... upperBounds) {
        return Histogram.builder().name(PREFIX + name).classicOnly().classicUpperBounds(upperBounds);
    }

    private void registerGauges(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name(PREFIX + "device_busy_ratio")
                .help("The share of time, from 0 to 1, that the device's workers were at batches that ended lately.")
                .labelNames(DEVICE)
                .callback(gauge ->
                        devices.forEach((name, work) -> work.busyRatio().ifPresent(ratio -> gauge.call(ratio, name))))
                .register(registry);
        GaugeWithCallback.builder()
                .name(PREFIX + "device_failed")
                .help("1 where the device is broken and gets no more images, else 0.")
                .labelNames(DEVICE)
                .callback(gauge -> devices.forEach((name, work) -> gauge.call(work.hasFailed() ? 1 : 0, name)))
                .register(registry);
        GaugeWithCallback.builder()
                .name(PREFIX + "capacity_images_per_second")
                .help("Images a second that the instance's devices can classify, as measured in device time.")
                .callback(gauge -> capacity().ifPresent(gauge::call))
                .register(registry);
    }

    /** Returns the images per second that all working devices can classify; empty while the capacity of one is unknown. */
    OptionalDouble capacity() {
        double sum = 0;
        for (DeviceWork work : devices.values()) {
            if (work.hasFailed()) {
                continue;
            }
            double capacity = work.imagesPerSecond();
            if (capacity == 0) {
                return OptionalDouble.empty();
            }
            sum += capacity;
        }
        return sum == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum);
    }

    /** Samples the busy time of the devices; to be called every few seconds. */
    void look() {
        devices.values().forEach(DeviceWork::look);
    }

    /** Returns a message about a device that has not finished a batch for at least this time; empty if there is none. */
    Optional<String> hanging(long millis) {
        return devices.entrySet().stream()
                .filter(device -> device.getValue().sinceLastEndNanos() >= TimeUnit.MILLISECONDS.toNanos(millis))
                .map(device -> "the device " + device.getKey() + " has been at a batch for "
                        + TimeUnit.NANOSECONDS.toSeconds(device.getValue().sinceLastEndNanos()) + " s")
                .findFirst();
    }

    @Override
    public void loaded(String device, int workers, int largestBatch, double imagesPerSecond) {
        next.loaded(device, workers, largestBatch, imagesPerSecond);
        devices.put(device, new DeviceWork(workers, new Capacity(imagesPerSecond), meters(device), nanoTicker));
        ceiling.labelValues(device).set(largestBatch);
    }

    /** An exception would end the thread of a worker, so an unknown device is assumed to have one worker. */
    private DeviceWork device(String name) {
        DeviceWork known = devices.get(name);
        return known != null
                ? known
                : devices.computeIfAbsent(name, first -> new DeviceWork(1, new Capacity(0), meters(first), nanoTicker));
    }

    /** Creates the time series of the device, so that they are exported with 0. */
    private DeviceWork.Meters meters(String device) {
        Map<ClosedBy, CounterDataPoint> counts = new EnumMap<>(ClosedBy.class);
        for (ClosedBy closedBy : ClosedBy.values()) {
            counts.put(closedBy, batches.labelValues(device, closedBy.name().toLowerCase(Locale.ROOT)));
        }
        outOfMemory.initLabelValues(device);
        DistributionDataPoint seconds = inferenceSeconds.labelValues(device);
        return new DeviceWork.Meters(seconds, batchSize.labelValues(device), counts);
    }

    @Override
    public void decoded(long nanos) {
        next.decoded(nanos);
        decodeSeconds.observe(nanos * NANOS);
    }

    @Override
    public void began(String device) {
        next.began(device);
        device(device).began();
    }

    @Override
    public void abandoned(String device) {
        next.abandoned(device);
        device(device).abandoned();
    }

    @Override
    public void workers(String device, int workers) {
        next.workers(device, workers);
        device(device).workers(workers);
    }

    @Override
    public void batch(String device, int size, ClosedBy closedBy, long oldestWaitNanos, long inferenceNanos) {
        next.batch(device, size, closedBy, oldestWaitNanos, inferenceNanos);
        device(device).ended(size, closedBy, inferenceNanos);
    }

    @Override
    public void waited(long nanos) {
        next.waited(nanos);
        waitSeconds.observe(nanos * NANOS);
    }

    @Override
    public void outOfMemory(String device, int newCeiling) {
        next.outOfMemory(device, newCeiling);
        outOfMemory.labelValues(device).inc();
        ceiling.labelValues(device).set(newCeiling);
    }

    @Override
    public void ceilingRaised(String device, int newCeiling) {
        next.ceilingRaised(device, newCeiling);
        ceiling.labelValues(device).set(newCeiling);
    }

    @Override
    public void deviceFailed(String device) {
        next.deviceFailed(device);
        device(device).failed();
    }
}
