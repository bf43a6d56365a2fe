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
        Map<Integer, Long> micros = Map.of(1, 1_000L, 2, 1_200L, 4, 1_610L, 8, 3_200L, 16, 8_000L);
        BatchCalibration calibration = measured(16, micros::get);
        assertThat(calibration.best()).isEqualTo(4);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8, 16);
        assertThat(calibration).hasToString("1: 1000.0, 2: 1666.7, 4: 2484.5, 8: 2500.0, 16: 2000.0");
    }

    @Test
    void choosesTheLargerSizeForAFewPercent() {
        // 4: 12.4, 8: 12.7 images/s
        Map<Integer, Long> micros = Map.of(1, 90_000L, 2, 170_000L, 4, 322_600L, 8, 629_900L);
        assertThat(measured(8, micros::get).best()).isEqualTo(8);
    }

    @Test
    void endsWhereLargerBatchesGainNothing() {
        // 1: 2,710, 2: 2,780, 4: 2,790, 8: 2,680 images/s
        Map<Integer, Long> micros = Map.of(1, 369L, 2, 719L, 4, 1_434L, 8, 2_985L);
        BatchCalibration calibration = measured(32, micros::get);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8);
        assertThat(calibration.best()).isEqualTo(2);
    }

    @Test
    void endsEarlierForALargeNetwork() {
        // 1: 28.7, 2: 29.1, 4: 29.8, 8: 29.6 images/s
        Map<Integer, Long> micros = Map.of(1, 34_840L, 2, 68_730L, 4, 134_230L, 8, 270_270L);
        BatchCalibration calibration = measured(32, micros::get);
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2, 4, 8);
        assertThat(calibration.best()).isEqualTo(4);
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
        assertThat(calibration.imagesPerSecond()).containsOnlyKeys(1, 2);
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
