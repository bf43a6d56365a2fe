package io.resnetstreams.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackfillParametersTest {
    private static BackfillParameters parameters(String from, String partitions, double sample, String digest) {
        return new BackfillParameters(
                "events",
                "new-labels",
                "new-dlq",
                from,
                "now",
                partitions,
                Map.of("b", "2", "a", "1"),
                sample,
                false,
                new ModelReference("resnet", digest),
                "exactly_once_v2");
    }

    @Test
    void equivalentParametersAreEqual() {
        BackfillParameters one = parameters("2026-01-01T01:00:00+01:00", "1,0", 1, "ab");
        BackfillParameters other = parameters("2026-01-01T00:00:00Z", "0-1", 1.0, "ab");
        assertThat(one).isEqualTo(other);
        assertThat(one.differences(other)).isEmpty();
    }

    @Test
    void eachDifferenceIsNamedWithBothValues() {
        assertThat(parameters("0", "all", 1, "ab").differences(parameters("5", "all", 0.5, "cd")))
                .containsExactly(
                        "--from is 5, not 0", "--sample is 0.5, not 1.0", "--model is resnet cd, not resnet ab");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.1, Double.NaN})
    void anInvalidSampleIsNamed(double sample) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parameters("0", "all", sample, "ab"))
                .withMessageContaining("--sample is " + sample);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "a b", "a/b", "ä"})
    void aNameWithOtherCharactersIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackfillPlan.requireName(name))
                .withMessageContaining("--run is '" + name + "'");
    }

    @Test
    void aNameMayBe64CharactersLong() {
        BackfillPlan.requireName("a".repeat(64));
        assertThatIllegalArgumentException().isThrownBy(() -> BackfillPlan.requireName("a".repeat(65)));
    }
}
