package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CapacityTest {
    @Test
    void withoutCalibrationAndBatchesNothingIsKnown() {
        assertThat(new Capacity(0).imagesPerSecond()).isZero();
    }

    @Test
    void theCalibrationIsKnownBeforeAnyBatch() {
        assertThat(new Capacity(120).imagesPerSecond()).isEqualTo(120);
    }

    @Test
    void withoutCalibrationOneBatchDeterminesTheCapacity() {
        Capacity capacity = new Capacity(0);
        capacity.fullBatch(32, 0.5);
        assertThat(capacity.imagesPerSecond()).isCloseTo(64, within(1e-9));
    }

    @Test
    void longTermBatchesReplaceTheCalibration() {
        Capacity capacity = new Capacity(1_000);
        // These batches take two minutes of device time.
        for (int i = 0; i < 240; i++) {
            capacity.fullBatch(32, 0.5);
        }
        assertThat(capacity.imagesPerSecond()).isCloseTo(64, within(3.0));
    }

    @Test
    void oneSlowBatchHardlyChangesTheCapacity() {
        Capacity capacity = new Capacity(0);
        for (int i = 0; i < 60; i++) {
            capacity.fullBatch(32, 0.5);
        }
        capacity.fullBatch(32, 2);
        assertThat(capacity.imagesPerSecond()).isBetween(55.0, 64.0);
    }
}
