package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.inference.FakeClassifier;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class BatchCalibrationTest {
    private long now;

    /** Calibrates for a device on which a batch takes the microseconds that the function returns. */
    private BatchCalibration measured(int largest, IntToLongFunction microsOfBatch) {
        FakeClassifier classifier =
                new FakeClassifier(images -> now += 1_000 * microsOfBatch.applyAsLong(images.size()));
        return BatchCalibration.measure(classifier, 12, largest, () -> now);
    }

    @Test
    void choosesTheSmallestSizeAmongTheFastest() {
        // 1: 10, 2: 16.7, 4: 24.8, 8: 25, 16: 20 images/s
        Map<Integer, Long> micros = Map.of(1, 100_000L, 2, 120_000L, 4, 161_000L, 8, 320_000L, 16, 800_000L);
        BatchCalibration calibration = measured(16, micros::get);
        assertThat(calibration.best()).isEqualTo(4);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8, 16);
        assertThat(calibration).hasToString("1: 10.0, 2: 16.7, 4: 24.8, 8: 25.0, 16: 20.0");
    }

    @Test
    void choosesTheLargerSizeForAFewPercent() {
        // 4: 12.4, 8: 12.7 images/s
        Map<Integer, Long> micros = Map.of(1, 90_000L, 2, 170_000L, 4, 322_600L, 8, 629_900L);
        assertThat(measured(8, micros::get).best()).isEqualTo(8);
    }

    @Test
    void endsWhereLargerBatchesGainNothing() {
        // 1: 27.1, 2: 27.8, 4: 27.9, 8: 26.8 images/s
        Map<Integer, Long> micros = Map.of(1, 36_900L, 2, 71_900L, 4, 143_400L, 8, 298_500L);
        BatchCalibration calibration = measured(32, micros::get);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8);
        assertThat(calibration.best()).isEqualTo(2);
    }

    @Test
    void oneSlowSizeDoesNotEndTheMeasurement() {
        Map<Integer, Long> micros = Map.of(1, 100L, 2, 190L, 4, 500L, 8, 700L, 16, 1_300L);
        assertThat(measured(16, micros::get).best()).isEqualTo(16);
    }

    @Test
    void choosesTheLargestSizeIfEachBatchHasAFixedCost() {
        BatchCalibration calibration = measured(48, size -> 1_000 + 100L * size);
        assertThat(calibration.best()).isEqualTo(48);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8, 16, 32, 48);
    }

    @Test
    void endsInTimeForALargeNetwork() {
        BatchCalibration calibration = measured(1_024, size -> 300_000L * size);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4);
        assertThat(calibration.best()).isEqualTo(1);
    }

    @Test
    void staysBelowTheSizeForWhichThereIsNoMemory() {
        BatchCalibration calibration = measured(32, size -> {
            if (size > 8) {
                throw new OutOfDeviceMemoryException("out of memory", null);
            }
            return 1_000;
        });
        assertThat(calibration.best()).isEqualTo(8);
    }

    @Test
    void failsWhereNotOneImageFits() {
        assertThatThrownBy(() -> measured(32, size -> {
                    throw new OutOfDeviceMemoryException("out of memory", null);
                }))
                .isInstanceOf(OutOfDeviceMemoryException.class);
    }

    @Test
    void theLongestTimeOfABatchFollowsFromTheSlowestRate() {
        BatchCalibration calibration = new BatchCalibration(Map.of(1, 10.0, 8, 40.0));
        assertThat(calibration.longestMillis(8)).isEqualTo(800);
        assertThat(calibration.longestMillis(1)).isEqualTo(100);
    }
}
