package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockStepsTest {
    private long wallMillis = 1_800_000_000_000L;
    private long nanos = -5;
    private long readingNanos;

    private final ClockSteps clock = new ClockSteps(() -> wallMillis, this::nanos);

    private long nanos() {
        nanos += readingNanos;
        return nanos;
    }

    private void pass(Duration time) {
        wallMillis += time.toMillis();
        nanos += time.toNanos();
    }

    @Test
    void aSlewedClockTakesNoStep() {
        for (int day = 0; day < 400; day++) {
            pass(Duration.ofDays(1));
            // The clock is slewed by a second per day.
            wallMillis -= 1_000;
            wallMillis += day % 2 * 2_000;
            assertThat(clock.look()).isZero();
        }
    }

    @Test
    void eachStepBackCountsOnce() {
        for (int step = 1; step <= 3; step++) {
            wallMillis -= TimeUnit.HOURS.toMillis(1);
            for (int look = 0; look < 5; look++) {
                assertThat(clock.look()).isEqualTo(step);
                pass(Duration.ofMillis(100));
            }
        }
    }

    @Test
    void onlyTheStepBackAfterAStepForwardCounts() {
        wallMillis += TimeUnit.HOURS.toMillis(1);
        assertThat(clock.look()).isZero();
        wallMillis -= TimeUnit.HOURS.toMillis(1);
        assertThat(clock.look()).isEqualTo(1);
    }

    /** The process may be suspended between the two readings. */
    @Test
    void clocksReadAtDifferentTimesGiveNoStep() {
        readingNanos = TimeUnit.SECONDS.toNanos(10);
        assertThat(clock.look()).isZero();
        readingNanos = 0;
        wallMillis += 20_000;
        assertThat(clock.look()).isZero();
    }

    @Test
    void theTimeOfKafkaStreamsFollowsTheMonotonicClockAlone() {
        SteadyTime time = new SteadyTime(wallMillis, () -> nanos);
        long start = time.milliseconds();
        assertThat(start).isEqualTo(wallMillis);
        pass(Duration.ofMillis(1_500));
        wallMillis -= TimeUnit.HOURS.toMillis(1);
        assertThat(time.milliseconds()).isEqualTo(start + 1_500);
        assertThat(time.timer(100).remainingMs()).isEqualTo(100);
        assertThat(time.nanoseconds()).isEqualTo(nanos);
    }
}
