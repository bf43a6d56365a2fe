package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import org.junit.jupiter.api.Test;

class DeviceWorkTest {
    private static DeviceWork work(double calibrated) {
        return new DeviceWork(1, 32, calibrated, System::nanoTime);
    }

    private static void fullBatch(DeviceWork work, int size, double seconds) {
        work.began();
        work.ended(size, ClosedBy.FULL, (long) (seconds * 1e9));
    }

    @Test
    void withoutCalibrationAndBatchesNothingIsKnown() {
        assertThat(work(0).imagesPerSecond()).isZero();
    }

    @Test
    void theCalibrationIsKnownBeforeAnyBatch() {
        assertThat(work(120).imagesPerSecond()).isEqualTo(120);
    }

    @Test
    void withoutCalibrationABatchSaysAll() {
        DeviceWork work = work(0);
        fullBatch(work, 32, 0.5);
        assertThat(work.imagesPerSecond()).isCloseTo(64, within(1e-9));
    }

    @Test
    void batchesThatLastReplaceTheCalibration() {
        DeviceWork work = work(1_000);
        // Two minutes of device time.
        for (int i = 0; i < 240; i++) {
            fullBatch(work, 32, 0.5);
        }
        assertThat(work.imagesPerSecond()).isCloseTo(64, within(3.0));
    }

    @Test
    void oneSlowBatchIsNotTheWholeTruth() {
        DeviceWork work = work(0);
        for (int i = 0; i < 60; i++) {
            fullBatch(work, 32, 0.5);
        }
        fullBatch(work, 32, 2);
        assertThat(work.imagesPerSecond()).isBetween(55.0, 64.0);
    }
}
