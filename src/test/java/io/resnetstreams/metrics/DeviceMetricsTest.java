package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeviceMetricsTest {
    private static final long MILLI = 1_000_000;

    private long nanos;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final DeviceMetrics metrics = new DeviceMetrics(registry, () -> nanos, InferenceMetrics.NONE);

    private Samples samples() {
        return TestRegistry.samples(registry);
    }

    private void batch(String device, int size, ClosedBy closedBy, long millis) {
        metrics.began(device);
        nanos += millis * MILLI;
        metrics.batch(device, size, closedBy, 0, millis * MILLI);
    }

    @Test
    void aLoadedDeviceIsThereWithZeros() {
        metrics.loaded("gpu:1", 1, 32, 200);
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
        metrics.loaded("cpu", 2, 32, 100);
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
        metrics.decoded(2 * MILLI);
        metrics.waited(30 * MILLI);
        metrics.waited(10 * MILLI);
        Samples samples = samples();
        assertThat(samples.value("resnet_streams_decode_seconds_sum")).isCloseTo(0.002, within(1e-9));
        assertThat(samples.value("resnet_streams_queue_wait_seconds_sum")).isCloseTo(0.04, within(1e-9));
        assertThat(samples.value("resnet_streams_queue_wait_seconds_count")).isEqualTo(2);
    }

    @Test
    void outOfMemoryLowersTheCeilingUntilItIsRaisedAgain() {
        metrics.loaded("cpu", 1, 32, 100);
        metrics.outOfMemory("cpu", 16);
        assertThat(samples().value("resnet_streams_batch_ceiling{device=\"cpu\"}"))
                .isEqualTo(16);
        metrics.ceilingRaised("cpu", 32);
        assertThat(samples().value("resnet_streams_batch_ceiling{device=\"cpu\"}"))
                .isEqualTo(32);
        assertThat(samples().value("resnet_streams_device_out_of_memory_total{device=\"cpu\"}"))
                .isEqualTo(1);
    }

    @Test
    void aBrokenDeviceHasNoCapacityAndDoesNotHang() {
        metrics.loaded("gpu:0", 1, 32, 500);
        metrics.loaded("gpu:1", 1, 32, 300);
        metrics.began("gpu:1");
        nanos += Duration.ofMinutes(2).toNanos();
        assertThat(metrics.hanging(60_000)).isPresent();
        metrics.deviceFailed("gpu:1");
        assertThat(metrics.hanging(60_000)).isEmpty();
        assertThat(metrics.capacity()).hasValue(500);
        assertThat(samples().value("resnet_streams_device_failed{device=\"gpu:0\"}"))
                .isZero();
        assertThat(samples().value("resnet_streams_device_failed{device=\"gpu:1\"}"))
                .isEqualTo(1);
    }

    @Test
    void theCapacityIsThatOfAllWorkersOfAllDevices() {
        metrics.loaded("gpu:0", 1, 32, 500);
        metrics.loaded("gpu:1", 2, 32, 300);
        assertThat(metrics.capacity()).hasValue(1_100);
    }

    @Test
    void smallBatchesDoNotChangeTheCapacity() {
        metrics.loaded("cpu", 1, 32, 100);
        batch("cpu", 1, ClosedBy.DEVICE_FREE, 1_000);
        assertThat(metrics.capacity()).hasValue(100);
        batch("cpu", 32, ClosedBy.FULL, 100);
        assertThat(metrics.capacity().orElseThrow()).isBetween(100.0, 320.0);
    }

    @Test
    void aDeviceCountsBeforeItsModelIsLoaded() {
        batch("cpu", 4, ClosedBy.FULL, 40);
        assertThat(metrics.capacity().orElseThrow()).isCloseTo(100, within(1e-9));
    }

    @Test
    void withoutAnyDeviceThereIsNoCapacity() {
        assertThat(metrics.capacity()).isEmpty();
        assertThat(samples().families()).doesNotContain("resnet_streams_capacity_images_per_second");
    }

    @Test
    void theBusyRatioIsTheShareOfAllWorkersTime() {
        metrics.loaded("cpu", 2, 32, 100);
        metrics.look();
        assertThat(samples().families()).doesNotContain("resnet_streams_device_busy_ratio");
        batch("cpu", 32, ClosedBy.FULL, 1_000);
        nanos += 1_000 * MILLI;
        metrics.look();
        assertThat(samples().value("resnet_streams_device_busy_ratio{device=\"cpu\"}"))
                .isCloseTo(0.25, within(1e-9));
    }

    @Test
    void aDeviceThatDoesNotEndItsBatchHangs() {
        metrics.loaded("cpu", 2, 32, 100);
        nanos += Duration.ofMinutes(5).toNanos();
        assertThat(metrics.hanging(60_000)).isEmpty();
        metrics.began("cpu");
        metrics.began("cpu");
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(metrics.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(2).toNanos();
        assertThat(metrics.hanging(60_000)).hasValue("the device cpu has been at a batch for 61 s");
        metrics.batch("cpu", 1, ClosedBy.FULL, 0, 61_000 * MILLI);
        assertThat(metrics.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(60).toNanos();
        assertThat(metrics.hanging(60_000)).hasValue("the device cpu has been at a batch for 60 s");
    }

    @Test
    void aHealedDeviceThatIsIdleDoesNotHang() {
        metrics.loaded("gpu:0", 1, 4, 100);
        metrics.began("gpu:0");
        metrics.began("gpu:0");
        nanos += Duration.ofSeconds(40).toNanos();
        // The hung worker had one batch on the device and one behind it; its replacement gets both again.
        metrics.abandoned("gpu:0");
        metrics.abandoned("gpu:0");
        batch("gpu:0", 1, ClosedBy.DEVICE_FREE, 1);
        batch("gpu:0", 1, ClosedBy.DEVICE_FREE, 1);
        nanos += Duration.ofMinutes(10).toNanos();
        assertThat(metrics.hanging(60_000)).isEmpty();
    }

    @Test
    void aHealedDeviceHasOnlyJustBegun() {
        metrics.loaded("gpu:0", 2, 4, 100);
        metrics.began("gpu:0");
        nanos += Duration.ofSeconds(55).toNanos();
        metrics.began("gpu:0");
        metrics.abandoned("gpu:0");
        nanos += Duration.ofSeconds(59).toNanos();
        assertThat(metrics.hanging(60_000)).isEmpty();
        nanos += Duration.ofSeconds(2).toNanos();
        assertThat(metrics.hanging(60_000)).isPresent();
    }

    @Test
    void theCapacityIsThatOfTheWorkersThatAreLeft() {
        metrics.loaded("gpu:0", 2, 32, 300);
        metrics.workers("gpu:0", 1);
        assertThat(metrics.capacity()).hasValue(300);
        metrics.look();
        batch("gpu:0", 32, ClosedBy.FULL, 1_000);
        metrics.look();
        assertThat(samples().value("resnet_streams_device_busy_ratio{device=\"gpu:0\"}"))
                .isEqualTo(1);
    }
}
