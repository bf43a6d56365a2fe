package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeviceMetricsTest {
    private static final long MILLI = 1_000_000;

    private long nanos;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PipelineCounts counts = new PipelineCounts(() -> nanos);

    DeviceMetricsTest() {
        new DeviceMetrics(registry, counts);
    }

    private Samples samples() {
        return TestRegistry.samples(registry);
    }

    private void batch(String device, int size, ClosedBy closedBy, long millis) {
        counts.began(device);
        nanos += millis * MILLI;
        counts.batch(device, size, closedBy, 0, millis * MILLI);
    }

    @Test
    void aLoadedDeviceIsThereWithZeros() {
        counts.loaded("gpu:1", 1, 32, 200);
        Samples samples = samples();
        assertThat(samples.value("resnet_streams_batch_ceiling{device=\"gpu:1\"}"))
                .isEqualTo(32);
        assertThat(samples.value("resnet_streams_device_out_of_memory_total{device=\"gpu:1\"}"))
                .isZero();
        assertThat(samples.labelValues("resnet_streams_batches_total", "closed_by"))
                .containsExactly("delay", "device_free", "drain", "full");
        assertThat(samples.value("resnet_streams_capacity_images_per_second")).isEqualTo(200);
    }

    @Test
    void batchesCountBySizeTimeAndReason() {
        counts.loaded("cpu", 2, 32, 100);
        batch("cpu", 32, ClosedBy.FULL, 400);
        batch("cpu", 3, ClosedBy.DEVICE_FREE, 100);
        Samples samples = samples();
        assertThat(samples.value("resnet_streams_batches_total{closed_by=\"full\",device=\"cpu\"}"))
                .isEqualTo(1);
        assertThat(samples.value("resnet_streams_batches_total{closed_by=\"device_free\",device=\"cpu\"}"))
                .isEqualTo(1);
        assertThat(samples.value("resnet_streams_batch_size_sum{device=\"cpu\"}"))
                .isEqualTo(35);
        assertThat(samples.value("resnet_streams_inference_seconds_sum{device=\"cpu\"}"))
                .isCloseTo(0.5, within(1e-9));
        assertThat(samples.value("resnet_streams_inference_seconds_count{device=\"cpu\"}"))
                .isEqualTo(2);
    }

    @Test
    void imagesCountByDecodingAndWait() {
        counts.decoded(2 * MILLI);
        counts.waited(30 * MILLI);
        counts.waited(10 * MILLI);
        Samples samples = samples();
        assertThat(samples.value("resnet_streams_decode_seconds_sum")).isCloseTo(0.002, within(1e-9));
        assertThat(samples.value("resnet_streams_queue_wait_seconds_sum")).isCloseTo(0.04, within(1e-9));
        assertThat(samples.value("resnet_streams_queue_wait_seconds_count")).isEqualTo(2);
    }

    @Test
    void outOfMemoryLowersTheCeilingUntilItIsRaisedAgain() {
        counts.loaded("cpu", 1, 32, 100);
        counts.outOfMemory("cpu", 16);
        assertThat(samples().value("resnet_streams_batch_ceiling{device=\"cpu\"}"))
                .isEqualTo(16);
        counts.ceilingRaised("cpu", 32);
        assertThat(samples().value("resnet_streams_batch_ceiling{device=\"cpu\"}"))
                .isEqualTo(32);
        assertThat(samples().value("resnet_streams_device_out_of_memory_total{device=\"cpu\"}"))
                .isEqualTo(1);
    }

    @Test
    void aBrokenDeviceHasNoCapacityAndDoesNotHang() {
        counts.loaded("gpu:0", 1, 32, 500);
        counts.loaded("gpu:1", 1, 32, 300);
        counts.began("gpu:1");
        nanos += Duration.ofMinutes(2).toNanos();
        assertThat(counts.hanging(60_000)).isPresent();
        counts.deviceFailed("gpu:1");
        assertThat(counts.hanging(60_000)).isEmpty();
        assertThat(counts.capacity()).isEqualTo(500);
        assertThat(samples().value("resnet_streams_device_failed{device=\"gpu:0\"}"))
                .isZero();
        assertThat(samples().value("resnet_streams_device_failed{device=\"gpu:1\"}"))
                .isEqualTo(1);
    }

    @Test
    void theCapacityIsThatOfAllWorkersOfAllDevices() {
        counts.loaded("gpu:0", 1, 32, 500);
        counts.loaded("gpu:1", 2, 32, 300);
        assertThat(counts.capacity()).isEqualTo(1_100);
    }

    @Test
    void smallBatchesDoNotChangeTheCapacity() {
        counts.loaded("cpu", 1, 32, 100);
        batch("cpu", 1, ClosedBy.DEVICE_FREE, 1_000);
        assertThat(counts.capacity()).isEqualTo(100);
        batch("cpu", 32, ClosedBy.FULL, 100);
        assertThat(counts.capacity()).isBetween(100.0, 320.0);
    }

    @Test
    void aDeviceCountsBeforeItsModelIsLoaded() {
        batch("cpu", 4, ClosedBy.FULL, 40);
        assertThat(counts.capacity()).isCloseTo(100, within(1e-9));
    }

    @Test
    void withoutAnyDeviceThereIsNoCapacity() {
        assertThat(counts.capacity()).isNaN();
        assertThat(samples().families()).doesNotContain("resnet_streams_capacity_images_per_second");
    }

    @Test
    void theBusyRatioIsTheShareOfAllWorkersTime() {
        counts.loaded("cpu", 2, 32, 100);
        counts.look();
        assertThat(samples().families()).doesNotContain("resnet_streams_device_busy_ratio");
        batch("cpu", 32, ClosedBy.FULL, 1_000);
        nanos += 1_000 * MILLI;
        counts.look();
        assertThat(samples().value("resnet_streams_device_busy_ratio{device=\"cpu\"}"))
                .isCloseTo(0.25, within(1e-9));
    }

    @Test
    void aDeviceThatDoesNotEndItsBatchHangs() {
        counts.loaded("cpu", 2, 32, 100);
        nanos += Duration.ofMinutes(5).toNanos();
        assertThat(counts.hanging(60_000)).isEmpty();
        counts.began("cpu");
        counts.began("cpu");
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(counts.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(2).toNanos();
        assertThat(counts.hanging(60_000)).hasValue("the device cpu has been at a batch for 61 s");
        counts.batch("cpu", 1, ClosedBy.FULL, 0, 61_000 * MILLI);
        assertThat(counts.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(60).toNanos();
        assertThat(counts.hanging(60_000)).hasValue("the device cpu has been at a batch for 60 s");
    }

    @Test
    void aHealedDeviceThatIsIdleDoesNotHang() {
        counts.loaded("gpu:0", 1, 4, 100);
        counts.began("gpu:0");
        counts.began("gpu:0");
        nanos += Duration.ofSeconds(40).toNanos();
        // The hung worker had one batch on the device and one behind it; its replacement gets both again.
        counts.abandoned("gpu:0");
        counts.abandoned("gpu:0");
        batch("gpu:0", 1, ClosedBy.DEVICE_FREE, 1);
        batch("gpu:0", 1, ClosedBy.DEVICE_FREE, 1);
        nanos += Duration.ofMinutes(10).toNanos();
        assertThat(counts.hanging(60_000)).isEmpty();
    }

    @Test
    void aHealedDeviceHasOnlyJustBegun() {
        counts.loaded("gpu:0", 2, 4, 100);
        counts.began("gpu:0");
        nanos += Duration.ofSeconds(55).toNanos();
        counts.began("gpu:0");
        counts.abandoned("gpu:0");
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(counts.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(2).toNanos();
        assertThat(counts.hanging(60_000)).isPresent();
    }

    @Test
    void theCapacityIsThatOfTheWorkersThatAreLeft() {
        counts.loaded("gpu:0", 2, 32, 300);
        counts.workers("gpu:0", 1);
        assertThat(counts.capacity()).isEqualTo(300);
        counts.look();
        batch("gpu:0", 32, ClosedBy.FULL, 1_000);
        counts.look();
        assertThat(samples().value("resnet_streams_device_busy_ratio{device=\"gpu:0\"}"))
                .isEqualTo(1);
    }
}
