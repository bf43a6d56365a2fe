package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {
    @Test
    void whatPeopleWriteStaysAsItIs() {
        String text = "Straße 猫 é a\\b \ud83d\ude00 …";
        assertThat(PlainText.of(text)).isSameAs(text);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, 9, 10, 13, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x61c, 0x200b, 0x200d, 0x200e, 0x200f,
                0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xd800, 0xdfff
            })
    void whatTerminalsObeyIsEscaped(int character) {
        assertThat(PlainText.of("a" + (char) character + "b")).isEqualTo("a\\u%04xb".formatted(character));
    }

    @Test
    void invisibleTagsAreEscaped() {
        assertThat(PlainText.of(Character.toString(0xe0041))).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void linesMayStay() {
        assertThat(PlainText.lines("a\n\tb\u001b")).isEqualTo("a\n\tb\\u001b");
    }

    @Test
    void aLongTextLosesItsEnd() {
        assertThat(PlainText.limited("abcdef", 6)).isEqualTo("abcdef");
        assertThat(PlainText.limited("abcdefg", 6)).isEqualTo("abcde…");
        assertThat(PlainText.limited("\n\n", 6)).isEqualTo("\\u000…");
        assertThat(PlainText.limited("abcd\ud83d\ude00fghi", 6)).isEqualTo("abcd…");
    }
}
