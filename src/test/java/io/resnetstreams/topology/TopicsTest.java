package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void threeDifferentNamesAreTopics() {
        assertThat(new Topics("a", "B-1", "c.d_e").deadLetters()).isEqualTo("c.d_e");
    }

    @ParameterizedTest
    @CsvSource({"a,a,b", "a,b,a", "b,a,a"})
    void equalNamesAreRefused(String input, String labels, String deadLetters) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topics(input, labels, deadLetters))
                .withMessageStartingWith("input, labels and deadLetters must differ");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "with space", "slash/", "ünïcode"})
    void aNameThatKafkaWouldRefuseIsRefusedByItsPart(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topics("in", "out", name))
                .withMessageStartingWith("deadLetters is '" + name + "'");
    }

    @Test
    void aNameHasAtMost249Characters() {
        assertThat(new Topics("x".repeat(249), "b", "c").input()).hasSize(249);
        assertThatIllegalArgumentException().isThrownBy(() -> new Topics("x".repeat(250), "b", "c"));
    }
}
