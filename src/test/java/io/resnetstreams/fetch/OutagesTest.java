package io.resnetstreams.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private long nanos;
    private final Outages outages = new Outages(() -> nanos);

    private void pass(long seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void theLongestOutageIsNamedWithItsLastReason() {
        outages.enter("s3://a");
        outages.failed("s3://a", "refused");
        pass(5);
        outages.enter("s3://b");
        outages.failed("s3://b", "reset");
        outages.failed("s3://a", "timed out");
        pass(7);
        assertThat(outages.longest()).hasValue("s3://a is unavailable for 12 s: timed out");
        outages.leave("s3://a");
        assertThat(outages.longest()).hasValue("s3://b is unavailable for 7 s: reset");
        outages.leave("s3://b");
        assertThat(outages.longest()).isEmpty();
    }

    @Test
    void anAnswerEndsAnOutage() {
        outages.enter("s3://a");
        outages.failed("s3://a", "refused");
        long failed = nanos;
        pass(5);
        assertThat(outages.hasAnsweredSince("s3://a", failed)).isFalse();
        outages.answered("s3://a");
        outages.answered("s3://unknown");
        assertThat(outages.longest()).isEmpty();
        assertThat(outages.hasAnsweredSince("s3://a", failed)).isTrue();
        assertThat(outages.hasAnsweredSince("s3://a", nanos + 1)).isFalse();
        pass(5);
        outages.failed("s3://a", "reset");
        pass(1);
        assertThat(outages.longest()).hasValue("s3://a is unavailable for 1 s: reset");
    }

    @Test
    void anOutageLastsWhileAnyFetchWaits() {
        outages.enter("s3://a");
        outages.enter("s3://a");
        outages.failed("s3://a", "refused");
        outages.leave("s3://a");
        pass(3);
        assertThat(outages.longest()).hasValue("s3://a is unavailable for 3 s: refused");
    }
}
