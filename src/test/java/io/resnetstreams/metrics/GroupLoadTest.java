package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests only the arithmetic; {@code GroupLagIT} tests what is read from a broker. */
class GroupLoadTest {
    @ParameterizedTest
    @CsvSource({"10, 300, 5", "60, 300, 30", "70, 300, Infinity", "80, 300, Infinity", "80, 0, 0"})
    void theBacklogIsProcessedWithTheSpareCapacity(double arrivals, long backlog, double seconds) {
        GroupLoad load = new GroupLoad(arrivals, backlog, 6, Set.of("a", "b"));
        assertThat(load.secondsToDrain(35)).isEqualTo(seconds);
    }
}
