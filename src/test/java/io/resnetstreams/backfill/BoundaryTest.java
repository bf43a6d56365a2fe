package io.resnetstreams.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundaryTest {
    private static final long NOW = 1_764_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "beginning, BEGINNING, 0, beginning",
        "0, OFFSET, 0, 0",
        "007, OFFSET, 7, 7",
        "123456789012345678, OFFSET, 123456789012345678, 123456789012345678",
        "1970-01-01T00:00:01Z, TIME, 1000, 1970-01-01T00:00:01Z",
        "1970-01-01T01:00:01.5+01:00, TIME, 1500, 1970-01-01T00:00:01.500Z"
    })
    void aBeginningIsRead(String text, Boundary.Kind kind, long value, String canonical) {
        Boundary boundary = Boundary.from(text);
        assertThat(boundary).isEqualTo(new Boundary(kind, value));
        assertThat(boundary).hasToString(canonical);
    }

    @Test
    void nowIsAnEndButNoBeginning() {
        assertThat(Boundary.to("now").kind()).isEqualTo(Boundary.Kind.NOW);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.from("now"))
                .withMessageContaining("--from is 'now'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.to("beginning"))
                .withMessageContaining("--to is 'beginning'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "yesterday", "2026-11-23", "2026-11-23T00:00:00", "1234567890123456789"})
    void anInvalidBoundaryIsNamed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.from(text))
                .withMessageContaining("--from is '" + text + "'")
                .withMessageContaining("allowed are");
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5",
        "6, 5",
        "2020-01-02T00:00:00Z, 2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z, 2020-01-01T00:00:00Z"
    })
    void anEndThatIsNotAfterTheBeginningIsNamed(String from, String to) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.requireRange(Boundary.from(from), Boundary.to(to), NOW))
                .withMessageContaining("--from is " + from + " and --to is " + to);
    }

    @Test
    void anEndBeforeTheFirstOffsetIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.requireRange(Boundary.from("beginning"), Boundary.to("0"), NOW))
                .withMessage("--to is 0; no event lies before that offset");
    }

    @ParameterizedTest
    @CsvSource({"2100-01-01T00:00:00Z, now, --from", "beginning, 2100-01-01T00:00:00Z, --to"})
    void theFutureIsRefused(String from, String to, String option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Boundary.requireRange(Boundary.from(from), Boundary.to(to), NOW))
                .withMessageContaining(option + " is 2100-01-01T00:00:00Z")
                .withMessageContaining("future");
    }

    @ParameterizedTest
    @CsvSource({"5, 6", "beginning, now", "5, now", "beginning, 1", "9, 2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z, 5"
    })
    void otherRangesAreAccepted(String from, String to) {
        Boundary.requireRange(Boundary.from(from), Boundary.to(to), NOW);
        assertThat(Boundary.from(from)).isNotEqualTo(Boundary.to(to));
    }
}
