package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private long nanos;
    private final StallWatch watch = new StallWatch(() -> nanos);

    private void lookAfter(int seconds, boolean shouldProgress, long committed) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        watch.look(shouldProgress, committed);
    }

    @Test
    void beforeTheFirstCheckNothingStalls() {
        nanos += Duration.ofHours(1).toNanos();
        assertThat(watch.stalledFor()).isZero();
    }

    @Test
    void eventsThatWaitWithoutOutcomesAreAStall() {
        lookAfter(100, true, 7);
        lookAfter(3, true, 7);
        lookAfter(3, true, 7);
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void timeBetweenChecksCounts() {
        lookAfter(0, true, 7);
        nanos += Duration.ofSeconds(50).toNanos();
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void anyOutcomeIsProgress() {
        lookAfter(0, true, 7);
        lookAfter(30, true, 8);
        assertThat(watch.stalledFor()).isZero();
    }

    @Test
    void withNothingToDoThereIsNoStall() {
        lookAfter(0, true, 7);
        lookAfter(30, false, 7);
        nanos += Duration.ofHours(1).toNanos();
        assertThat(watch.stalledFor()).isZero();
    }

    @Test
    void theTimeStartsWhenThereIsWorkAgain() {
        lookAfter(0, true, 7);
        lookAfter(30, false, 7);
        lookAfter(30, true, 7);
        lookAfter(5, true, 7);
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(5));
    }

    private void rebalanceFor(int seconds) {
        for (int second = 0; second < seconds; second++) {
            nanos += Duration.ofSeconds(1).toNanos();
            if (!watch.isExcused(State.REBALANCING)) {
                watch.look(true, 7);
            }
        }
    }

    private void runFor(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        assertThat(watch.isExcused(State.RUNNING)).isFalse();
        watch.look(true, 7);
    }

    @Test
    void aRebalanceDoesNotCount() {
        runFor(0);
        runFor(10);
        rebalanceFor(50);
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aRebalanceThatDoesNotEndCounts() {
        runFor(0);
        rebalanceFor(200);
        assertThat(watch.stalledFor()).isBetween(Duration.ofSeconds(139), Duration.ofSeconds(141));
    }

    /** This is the behaviour of an instance that is repeatedly removed from its group. */
    @Test
    void repeatedRebalancesAreNoProgress() {
        runFor(0);
        for (int i = 0; i < 20; i++) {
            runFor(6);
            rebalanceFor(3);
        }
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(120));
    }
}
