package io.resnetstreams.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionSelectionTest {
    @Test
    void allSelectsEveryPartitionOfTheTopic() {
        assertThat(new PartitionSelection("all").of("events", 3)).containsExactly(0, 1, 2);
    }

    @Test
    void numbersAndRangesAreCombined() {
        PartitionSelection selection = new PartitionSelection("4, 0,2-3,3");
        assertThat(selection.of("events", 5)).containsExactly(0, 2, 3, 4);
        assertThat(selection).hasToString("0,2,3,4");
    }

    @Test
    void aMissingPartitionIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PartitionSelection("0-5").of("events", 5))
                .withMessageContaining("'events' has 5 partitions")
                .withMessageContaining("0 to 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "1,", "-1", "3-1", "a", "1-2-3", "1234567"})
    void anInvalidListIsNamed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PartitionSelection(text))
                .withMessageContaining("--partitions is '" + text + "'");
    }
}
