package io.resnetstreams.inference.batch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPolicyTest {
    private final BatchPolicy atOnce = new BatchPolicy(8, 0);
    private final BatchPolicy delayed = new BatchPolicy(8, 10);

    @Test
    void withoutDelayAFreeDeviceTakesWhatIsThere() {
        assertThat(atOnce.due(1, 8, 0, false)).isEqualTo(ClosedBy.DEVICE_FREE);
    }

    @Test
    void aFullBatchIsDueAtOnce() {
        assertThat(delayed.due(8, 8, 0, false)).isEqualTo(ClosedBy.FULL);
    }

    @Test
    void aBatchIsFullAtTheCeilingThoughThePolicyAllowsMore() {
        assertThat(delayed.due(4, 4, 0, false)).isEqualTo(ClosedBy.FULL);
    }

    @Test
    void withDelayABatchWaitsForMore() {
        assertThat(delayed.due(7, 8, MILLISECONDS.toNanos(10) - 1, false)).isNull();
    }

    @Test
    void withDelayABatchIsDueWhenItsOldestImageHasWaitedLongEnough() {
        assertThat(delayed.due(1, 8, MILLISECONDS.toNanos(10), false)).isEqualTo(ClosedBy.DELAY);
    }

    @Test
    void drainingWaitsForNothing() {
        assertThat(delayed.due(1, 8, 0, true)).isEqualTo(ClosedBy.DRAIN);
    }

    @Test
    void theRestOfTheDelayRemains() {
        assertThat(delayed.remainingNanos(MILLISECONDS.toNanos(4))).isEqualTo(MILLISECONDS.toNanos(6));
    }

    @Test
    void nothingRemainsAfterTheDelay() {
        assertThat(delayed.remainingNanos(MILLISECONDS.toNanos(40))).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_025})
    void aSizeOutOfRangeIsRefusedByName(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatchPolicy(size, 0))
                .withMessage("maxSize is " + size + "; allowed are 1 to 1024");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 10_001})
    void aDelayOutOfRangeIsRefusedByName(long delay) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatchPolicy(1, delay))
                .withMessage("maxDelayMillis is " + delay + "; allowed are 0 to 10000");
    }
}
