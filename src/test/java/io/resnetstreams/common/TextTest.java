package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @Test
    void shortTextStaysAsItIs() {
        assertThat(Text.shorten("cat.png", 7)).isEqualTo("cat.png");
    }

    @Test
    void longTextLosesItsFront() {
        assertThat(Text.shorten("folder/cat.png", 8)).isEqualTo("…cat.png").hasSize(8);
    }

    @Test
    void controlCharactersAreMadeHarmless() {
        assertThat(Text.shorten("a\u001b[31m\nb", 20)).isEqualTo("a\\u001b[31m\\u000ab");
    }

    @Test
    void aPairOfSurrogatesIsNotCut() {
        assertThat(Text.shorten("abc\ud83d\ude00de", 4)).isEqualTo("…de");
    }

    @ParameterizedTest
    @CsvSource({"0, ░░░░", "0.5, ██░░", "1, ████", "-3, ░░░░", "7, ████"})
    void aBarIsFilledByItsShare(double share, String bar) {
        assertThat(Text.bar(share, 4)).isEqualTo(bar);
    }
}
