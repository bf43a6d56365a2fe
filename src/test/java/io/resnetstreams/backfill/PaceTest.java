package io.resnetstreams.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Tests speed, remaining time, rate limit and the delay of the live pipeline, with a fake clock. */
class PaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final TopicPartition ZERO = new TopicPartition("events", 0);
    private static final TopicPartition ONE = new TopicPartition("events", 1);

    private final ProgressMeter meter = new ProgressMeter();
    private final LiveWatch.LiveDelay delay = new LiveWatch.LiveDelay();
    private long nanos = 5;

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(meter.perSecond()).isZero();
        meter.saw(0, 0);
        assertThat(meter.remaining(100)).isEmpty();
    }

    @Test
    void timeBeforeTheFirstProgressDoesNotCount() {
        meter.saw(0, 0);
        meter.saw(30 * SECOND, 0);
        meter.saw(31 * SECOND, 100);
        assertThat(meter.perSecond()).isCloseTo(100, within(0.01));
        assertThat(meter.remaining(300)).isEqualTo(Optional.of(Duration.ofSeconds(2)));
    }

    @Test
    void theSpeedIsThatOfTheLastMinute() {
        for (int second = 0; second <= 200; second++) {
            meter.saw(second * SECOND, second < 100 ? 10L * second : 1_000 + 20L * (second - 100));
        }
        assertThat(meter.perSecond()).isCloseTo(20, within(0.01));
    }

    @Test
    void aStandstillHasNoRemainingTime() {
        for (int second = 0; second <= 70; second++) {
            meter.saw(second * SECOND, second == 0 ? 0 : 10);
        }
        assertThat(meter.remaining(20)).isEmpty();
    }

    @Test
    void aRateIsKeptOverTime() {
        BackfillReplay.RateLimit limit = new BackfillReplay.RateLimit(10, () -> nanos);
        int taken = 0;
        for (int step = 0; step < 10_000; step++) {
            nanos += SECOND / 1_000;
            if (!limit.isExhausted()) {
                limit.consumed();
                taken++;
            }
        }
        assertThat(taken).isBetween(99, 101);
    }

    @Test
    void aBurstDelaysLaterEvents() {
        BackfillReplay.RateLimit limit = new BackfillReplay.RateLimit(10, () -> nanos);
        for (int event = 0; event < 20; event++) {
            limit.consumed();
        }
        nanos += 2 * SECOND - 1;
        assertThat(limit.isExhausted()).isTrue();
        nanos += 1;
        assertThat(limit.isExhausted()).isFalse();
    }

    @Test
    void atMostOneSecondOfIdleTimeIsMadeUpFor() {
        BackfillReplay.RateLimit limit = new BackfillReplay.RateLimit(10, () -> nanos);
        nanos += 100 * SECOND;
        int taken = 0;
        while (!limit.isExhausted()) {
            limit.consumed();
            taken++;
        }
        assertThat(taken).isEqualTo(11);
    }

    @Test
    void noLimitNeverWaits() {
        BackfillReplay.RateLimit limit = new BackfillReplay.RateLimit(Double.POSITIVE_INFINITY, () -> nanos);
        for (int event = 0; event < 1_000; event++) {
            limit.consumed();
            nanos += 1;
        }
        nanos += 1;
        assertThat(limit.isExhausted()).isFalse();
    }

    @Test
    void aGroupThatHasCommittedAllIsNotBehind() {
        assertThat(delay.observe(0, Map.of(ZERO, 10L), Map.of(ZERO, 10L))).isZero();
        assertThat(delay.observe(SECOND, Map.of(ZERO, 20L), Map.of(ZERO, 20L))).isZero();
    }

    @Test
    void theDelayIsThatOfTheOldestUncommittedEnd() {
        delay.observe(0, Map.of(ZERO, 10L), Map.of(ZERO, 10L));
        delay.observe(SECOND, Map.of(ZERO, 20L), Map.of(ZERO, 10L));
        assertThat(delay.observe(3 * SECOND, Map.of(ZERO, 30L), Map.of(ZERO, 19L)))
                .hasSeconds(2);
        assertThat(delay.observe(4 * SECOND, Map.of(ZERO, 30L), Map.of(ZERO, 20L)))
                .hasSeconds(1);
        assertThat(delay.observe(5 * SECOND, Map.of(ZERO, 30L), Map.of(ZERO, 30L)))
                .isZero();
    }

    @Test
    void theWorstPartitionCounts() {
        delay.observe(0, Map.of(ZERO, 10L, ONE, 5L), Map.of(ZERO, 10L, ONE, 4L));
        assertThat(delay.observe(7 * SECOND, Map.of(ZERO, 10L, ONE, 5L), Map.of(ZERO, 10L, ONE, 4L)))
                .hasSeconds(7);
    }

    @Test
    void aPartitionThatWasNeverCommittedIsNotWaitedFor() {
        delay.observe(0, Map.of(ZERO, 10L), Map.of());
        assertThat(delay.observe(SECOND, Map.of(ZERO, 10L), Map.of())).isZero();
    }
}
