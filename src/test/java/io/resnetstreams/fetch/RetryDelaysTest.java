package io.resnetstreams.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryDelaysTest {
    private static final RetryDelays LONGEST = new RetryDelays(60_000, () -> 1);
    private static final RetryDelays SHORTEST = new RetryDelays(60_000, () -> 0);

    @Test
    void pausesGrowUpToTenSeconds() {
        assertThat(LONGEST.next(1, 0, 0)).isEqualTo(100);
        assertThat(LONGEST.next(2, 0, 0)).isEqualTo(200);
        assertThat(LONGEST.next(7, 0, 0)).isEqualTo(6_400);
        assertThat(LONGEST.next(8, 0, 0)).isEqualTo(10_000);
        assertThat(LONGEST.next(1_000_000, 0, 0)).isEqualTo(10_000);
        assertThat(SHORTEST.next(1, 0, 0)).isEqualTo(50);
        assertThat(SHORTEST.next(8, 0, 0)).isEqualTo(5_000);
    }

    @Test
    void theLastPauseEndsAtTheLimit() {
        assertThat(LONGEST.next(8, TimeUnit.SECONDS.toNanos(59), 0)).isEqualTo(1_000);
        assertThat(LONGEST.isOver(TimeUnit.SECONDS.toNanos(59))).isFalse();
        assertThat(LONGEST.isOver(TimeUnit.SECONDS.toNanos(60))).isTrue();
        assertThat(new RetryDelays(0, () -> 1).isOver(0)).isTrue();
    }

    /** With {@code onOutage: wait}. */
    @Test
    void pausesAfterTheLimitAreAsLong() {
        assertThat(LONGEST.next(20, TimeUnit.HOURS.toNanos(1), 0)).isEqualTo(10_000);
        assertThat(new RetryDelays(0, () -> 1).next(20, TimeUnit.HOURS.toNanos(1), 0))
                .isEqualTo(100);
    }

    @Test
    void theStoreMayAskForALongerPauseWithinTheLimit() {
        assertThat(LONGEST.next(1, 0, 20_000)).isEqualTo(20_000);
        assertThat(LONGEST.next(1, 0, 10)).isEqualTo(100);
        assertThat(LONGEST.next(1, 0, 3_600_000)).isEqualTo(60_000);
        assertThat(LONGEST.next(1, TimeUnit.SECONDS.toNanos(50), 20_000)).isEqualTo(10_000);
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        Instant now = Instant.parse("2026-11-30T10:00:00Z");
        assertThat(HttpStatus.retryAfterMillis("7", now)).isEqualTo(7_000);
        assertThat(HttpStatus.retryAfterMillis("Mon, 30 Nov 2026 10:00:09 GMT", now))
                .isEqualTo(9_000);
        assertThat(HttpStatus.retryAfterMillis("Mon, 30 Nov 2026 09:00:00 GMT", now))
                .isZero();
        assertThat(HttpStatus.retryAfterMillis("-1", now)).isZero();
        assertThat(HttpStatus.retryAfterMillis("99999999999999999999", now)).isZero();
        assertThat(HttpStatus.retryAfterMillis("soon", now)).isZero();
    }
}
