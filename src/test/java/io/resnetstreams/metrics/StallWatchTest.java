package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private long nanos;
    private final StallWatch watch = new StallWatch(() -> nanos);

    private void lookAfter(int seconds, boolean shouldProgress, long committed) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        watch.look(shouldProgress, committed);
    }

    @Test
    void beforeTheFirstLookNothingStalls() {
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
    void timePassesBetweenLooks() {
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
    void theTimeBeganWhenThereWasSomethingToDoAgain() {
        lookAfter(0, true, 7);
        lookAfter(30, false, 7);
        lookAfter(30, true, 7);
        lookAfter(5, true, 7);
        assertThat(watch.stalledFor()).isEqualTo(Duration.ofSeconds(5));
    }
}
