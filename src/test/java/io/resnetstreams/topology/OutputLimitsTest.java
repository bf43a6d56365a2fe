package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.TopicCheck.TopicFacts;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputLimitsTest {
    private static final long NOW = 1_764_000_000_000L;
    private static final long HOUR = 3_600_000;

    private static TopicFacts topic(Map<String, String> settings) {
        return new TopicFacts("out", Uuid.ONE_UUID, 6, Optional.of(settings));
    }

    @Test
    void theSmallerLimitOfTopicAndRequestApplies() {
        TopicFacts topic = topic(Map.of("max.message.bytes", "1048588"));
        OutputLimits limits = OutputLimits.of(topic, 16 << 20);
        assertThat(limits.maxBytes()).isBetween(1_040_000L, 1_048_588L - 64);
        assertThat(limits.setting()).isEqualTo("max.message.bytes of out is 1048588");
        assertThat(OutputLimits.of(topic, 1_000).maxBytes()).isEqualTo(1_000);
        assertThat(OutputLimits.of(topic, 1_000).setting()).isEqualTo("the producer's max.request.size is 1000");
    }

    @Test
    void aTopicThatMayNotBeDescribedHasOnlyTheLimitOfTheRequest() {
        OutputLimits limits = OutputLimits.of(new TopicFacts("out", Uuid.ONE_UUID, 6, Optional.empty()), 1_000);
        assertThat(limits).isEqualTo(OutputLimits.ofRequests(1_000));
        assertThat(limits.timestamp(0, NOW)).isZero();
        assertThat(limits.timestamp(Long.MAX_VALUE, NOW)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"compact, true", "'compact,delete', true", "delete, false"})
    void aCompactedTopicNeedsKeys(String policy, boolean needsKey) {
        assertThat(OutputLimits.of(topic(Map.of("cleanup.policy", policy)), 1_000)
                        .needsKey())
                .isEqualTo(needsKey);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-3600001, 0",
        "-1000000, -1000000",
        "1000000, 1000000",
        "3600001, 0",
        "9000000000000000000, 0",
        "-1764000000000, 0"
    })
    void aTimestampThatTheTopicRefusesBecomesTheCurrentTime(long ahead, long expectedAhead) {
        OutputLimits limits = OutputLimits.of(
                topic(Map.of(
                        "message.timestamp.before.max.ms", Long.toString(HOUR),
                        "message.timestamp.after.max.ms", Long.toString(HOUR))),
                1_000);
        assertThat(limits.timestamp(NOW + ahead, NOW) - NOW).isEqualTo(expectedAhead);
    }

    @Test
    void withoutLimitsEachTimestampStays() {
        OutputLimits limits = OutputLimits.of(
                topic(Map.of(
                        "message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE),
                        "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE))),
                1_000);
        assertThat(limits.timestamp(0, NOW)).isZero();
        assertThat(limits.timestamp(Long.MAX_VALUE, NOW)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aTopicThatSetsTimestampsItselfAcceptsAll() {
        OutputLimits limits = OutputLimits.of(
                topic(Map.of("message.timestamp.type", "LogAppendTime", "message.timestamp.after.max.ms", "1")), 1_000);
        assertThat(limits.timestamp(Long.MAX_VALUE, NOW)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void limitsOfMillisecondsAllowTheCurrentTime() {
        OutputLimits limits = OutputLimits.of(
                topic(Map.of("message.timestamp.before.max.ms", "10", "message.timestamp.after.max.ms", "10")), 1_000);
        assertThat(limits.timestamp(NOW - 20, NOW)).isEqualTo(NOW);
        assertThat(limits.timestamp(NOW + 20, NOW)).isEqualTo(NOW);
    }
}
