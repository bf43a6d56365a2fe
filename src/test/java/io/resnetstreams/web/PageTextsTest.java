package io.resnetstreams.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PageTextsTest {
    @Test
    void consecutivePartitionsAreShownAsARange() {
        assertThat(PageTexts.partitions(Set.of())).isEqualTo("none");
        assertThat(PageTexts.partitions(Set.of(3))).isEqualTo("3");
        assertThat(PageTexts.partitions(Set.of(0, 1))).isEqualTo("0, 1");
        assertThat(PageTexts.partitions(Set.of(7, 2, 0, 1, 5, 6))).isEqualTo("0–2, 5–7");
    }

    @Test
    void figuresHaveOnlySignificantDigits() {
        assertThat(Figures.rate(1_234.5)).isEqualTo("1,235/s");
        assertThat(Figures.rate(12.34)).isEqualTo("12.3/s");
        assertThat(Figures.rate(0)).isEqualTo("0/s");
        assertThat(Figures.millis(0)).isEqualTo("–");
        assertThat(Figures.millis(Double.NaN)).isEqualTo("–");
        assertThat(Figures.millis(2.345)).isEqualTo("2.3 ms");
        assertThat(Figures.millis(1_500)).isEqualTo("1.5 s");
        assertThat(Figures.seconds(75)).isEqualTo("75 s");
        assertThat(Figures.seconds(3_700)).isEqualTo("1 h 1 min");
        assertThat(Figures.seconds(Double.POSITIVE_INFINITY)).isEqualTo("never at this rate");
        assertThat(Figures.bytes(3 << 20)).isEqualTo("3.0 MB");
    }
}
