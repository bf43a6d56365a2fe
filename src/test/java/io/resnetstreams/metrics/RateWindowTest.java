package io.resnetstreams.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateWindowTest {
    private final RateWindow window = new RateWindow(Duration.ofSeconds(10));

    private void add(long second, double total) {
        window.add(SECONDS.toNanos(second), total);
    }

    @Test
    void oneReadingGivesNoRate() {
        add(0, 5);
        assertThat(window.perSecond()).isNaN();
    }

    @Test
    void theRateIsTheGrowthOverTheTime() {
        add(1, 100);
        add(3, 130);
        assertThat(window.perSecond()).isEqualTo(15);
    }

    @Test
    void oldReadingsDoNotCount() {
        add(0, 0);
        add(5, 1_000);
        add(11, 1_000);
        add(15, 1_000);
        assertThat(window.perSecond()).isEqualTo(0);
    }

    @Test
    void twoReadingsStayHoweverFarApart() {
        add(0, 0);
        add(100, 1_000);
        assertThat(window.perSecond()).isEqualTo(10);
    }

    @Test
    void aTotalThatFellStartsAnew() {
        add(0, 1_000);
        add(2, 10);
        assertThat(window.perSecond()).isNaN();
        add(4, 30);
        assertThat(window.perSecond()).isEqualTo(10);
    }

    @Test
    void simultaneousReadingsGiveNoRate() {
        add(1, 1);
        add(1, 2);
        assertThat(window.perSecond()).isNaN();
    }
}
