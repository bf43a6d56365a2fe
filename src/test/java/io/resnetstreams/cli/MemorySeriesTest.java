package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MemorySeriesTest {
    private final MemorySeries series = new MemorySeries();

    @Test
    void theSlopeOfALineIsExact() {
        for (int minute = 0; minute < 10; minute++) {
            series.add(minute, 500_000_000 + 3_000_000L * minute);
        }
        assertThat(series.slope(0)).isEqualTo(3, within(1e-9));
        assertThat(series.peakMegabytes()).isEqualTo(527, within(1e-9));
    }

    @Test
    void aFlatSeriesHasNoSlope() {
        series.add(0, 7);
        series.add(1, 7);
        assertThat(series.slope(0)).isZero();
    }

    @Test
    void leastSquaresOfPointsThatAreNotOnALine() {
        // Calculated by hand: means 1 and 2 MB, covariance 2, variance 2.
        series.add(0, 1_000_000);
        series.add(1, 2_000_000);
        series.add(1, 2_000_000);
        series.add(2, 3_000_000);
        assertThat(series.slope(0)).isEqualTo(1, within(1e-9));
    }

    @Test
    void earlierSamplesDontCount() {
        series.add(0, 100_000_000);
        series.add(1, 900_000_000);
        series.add(3, 500_000_000);
        series.add(4, 499_000_000);
        assertThat(series.slope(3)).isEqualTo(-1, within(1e-9));
        assertThat(series.peakMegabytes()).isEqualTo(900, within(1e-9));
    }

    @Test
    void oneSampleHasNoSlope() {
        series.add(5, 1);
        assertThatIllegalStateException().isThrownBy(() -> series.slope(3));
    }

    @Test
    void theTableHasALineForEachSample() {
        series.add(0.5, 1_500_000);
        assertThat(series.table()).isEqualTo("| minute | resident, MB |\n| --- | --- |\n| 0.50 | 1.5 |\n");
    }
}
