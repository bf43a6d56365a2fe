package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.audit.OfflineOutcomes.Outcome;
import io.resnetstreams.common.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfflineOutcomesTest {
    @TempDir
    private Path folder;

    private OfflineOutcomes read(String... lines) throws IOException {
        return OfflineOutcomes.read(Files.write(folder.resolve("offline"), List.of(lines)));
    }

    private void assertMistake(String message, String... lines) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> read(lines))
                .withMessageContaining(message)
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
    }

    @Test
    void linesOfClassifyAreRead() throws IOException {
        OfflineOutcomes outcomes = read(
                "{\"file\":\"a.png\",\"outcome\":\"label\",\"width\":2,\"height\":2,\"labels\":[{\"label\":\"cat\",\"index\":3,"
                        + "\"probability\":0.9},{\"label\":\"dog\",\"index\":5,\"probability\":0.1}]}",
                "{\"file\":\"b.png\",\"outcome\":\"deadLetter\",\"stage\":\"decode\",\"code\":\"truncated\",\"reason\":\"cut\"}");
        assertThat(outcomes.of("a.png")).contains(new Outcome("cat"));
        assertThat(outcomes.of("b.png")).contains(OfflineOutcomes.DEAD_LETTER);
        assertThat(outcomes.of("c.png")).isEmpty();
    }

    @Test
    void idsAndLabelsAreRead() throws IOException {
        OfflineOutcomes outcomes = read("a\tcat", "", "an id\twith tab\tdog", "b\t");
        assertThat(outcomes.of("a")).contains(new Outcome("cat"));
        assertThat(outcomes.of("an id\twith tab")).contains(new Outcome("dog"));
        assertThat(outcomes.of("b")).contains(OfflineOutcomes.DEAD_LETTER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no tab", "\tcat"})
    void aLineOfAnotherFormIsNamed(String line) {
        assertMistake("line 2: '", "a\tcat", line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"file\":\"a\"}",
                "{\"file\":3,\"outcome\":\"deadLetter\"}",
                "{\"file\":\"a\",\"labels\":[]}"
            })
    void jsonOfAnotherFormIsNamed(String line) {
        assertMistake("line 1: a line of 'classify --json' has", line);
    }

    @Test
    void invalidJsonIsNamed() {
        assertMistake("line 1: not valid JSON", "{\"file\":");
    }

    @Test
    void twoOutcomesOfOneIdAreNamed() {
        assertMistake("'a' is 'dog' here and 'cat' before", "a\tcat", "a\tdog");
    }

    @Test
    void theSameOutcomeTwiceIsNoMistake() throws IOException {
        assertThat(read("a\tcat", "a\tcat").of("a")).contains(new Outcome("cat"));
    }

    @Test
    void anEmptyFileIsNamed() {
        assertMistake("the file has no outcome");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> OfflineOutcomes.read(folder.resolve("none")))
                .withMessageContainingAll("--expected", "none");
    }
}
