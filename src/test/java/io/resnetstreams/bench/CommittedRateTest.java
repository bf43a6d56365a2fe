package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CommittedRateTest {
    private static final long MILLI = 1_000_000;

    private final CommittedRate rate = new CommittedRate(CommittedRate.FIRST_COMMITS);

    /** Adds a commit of 100 records, whose partitions become visible within a few milliseconds. */
    private void commit(long millis) {
        for (int partition = 0; partition < 5; partition++) {
            rate.add(20, (millis + partition) * MILLI);
        }
    }

    @Test
    void noPartOfTheFirstCommitsIsCounted() {
        for (int commit = 0; commit <= 20; commit++) {
            commit(-500 + 100 * commit);
        }
        assertThat(rate.perSecond()).isCloseTo(1_000, within(1e-6));
    }

    @Test
    void recordsThatComeWithoutPauseAreMeasuredAfterTheFirstOnes() {
        for (int millis = 0; millis <= 1_000; millis++) {
            rate.add(3, millis * MILLI);
        }
        assertThat(rate.perSecond()).isCloseTo(3_000, within(1e-6));
    }

    @Test
    void aRateNeedsTheTimeAndASecondCommit() {
        assertThat(rate.lastOr(7)).isEqualTo(7);
        assertThat(rate.isMeasured(0, 0)).isFalse();
        commit(0);
        assertThat(rate.isMeasured(300 * MILLI, 900 * MILLI)).isFalse();
        commit(1_000);
        assertThat(rate.lastOr(7)).isEqualTo(1_004 * MILLI);
        assertThat(rate.isMeasured(300 * MILLI, 1_004 * MILLI)).isTrue();
        assertThat(rate.isMeasured(1_001 * MILLI, 1_004 * MILLI)).isFalse();
    }
}
