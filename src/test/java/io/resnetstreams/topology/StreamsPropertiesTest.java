package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsPropertiesTest {
    private static PipelineSettings settings(Guarantee guarantee, int maxMessageBytes, Map<String, String> kafka) {
        return settings(guarantee, maxMessageBytes, new InFlightLimits(10, 10), kafka);
    }

    private static PipelineSettings settings(
            Guarantee guarantee, int maxMessageBytes, InFlightLimits inFlight, Map<String, String> kafka) {
        return new PipelineSettings(
                "labels",
                "kafka:9092",
                new Topics("in", "out", "dlq"),
                guarantee,
                3,
                maxMessageBytes,
                inFlight,
                OnGap.WARN,
                Duration.ofSeconds(1),
                kafka);
    }

    private static Properties properties(Map<String, String> kafka) {
        return StreamsProperties.of(settings(Guarantee.EXACTLY_ONCE_V2, 1 << 20, kafka));
    }

    @Test
    void settingsBecomeProperties() {
        assertThat(properties(Map.of()))
                .containsEntry("application.id", "labels")
                .containsEntry("bootstrap.servers", "kafka:9092")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("num.stream.threads", 3);
    }

    @Test
    void theEffectiveCommitIntervalIsTheUsersOrThePipelines() {
        assertThat(StreamsProperties.commitInterval(properties(Map.of()))).isEqualTo(Duration.ofMillis(100));
        assertThat(StreamsProperties.commitInterval(properties(Map.of("commit.interval.ms", "2500"))))
                .isEqualTo(Duration.ofMillis(2_500));
    }

    @ParameterizedTest
    @CsvSource({"at_least_once, 30000", "exactly_once_v2, 100"})
    void withoutAnyTheEffectiveCommitIntervalIsKafkasDefault(String guarantee, long millis) {
        Properties properties = StreamsProperties.of(settings(Guarantee.of(guarantee), 1 << 20, Map.of()));
        properties.remove(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG);
        assertThat(StreamsProperties.commitInterval(properties)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void theGuaranteeIsSelectable() {
        assertThat(StreamsProperties.of(settings(Guarantee.AT_LEAST_ONCE, 1 << 20, Map.of())))
                .containsEntry("processing.guarantee", "at_least_once");
    }

    @Test
    void theTransactionOfAKilledInstanceEndsWithItsSession() {
        Properties properties = properties(Map.of());
        assertThat(properties.get("producer.transaction.timeout.ms"))
                .isEqualTo(properties.get("main.consumer.session.timeout.ms"))
                .isEqualTo(6_000);
    }

    @Test
    void requestsHoldTheLargestEventWithTheHeadersOfADeadLetter() {
        Properties properties = StreamsProperties.of(settings(Guarantee.EXACTLY_ONCE_V2, 64 << 20, Map.of()));
        int largest = (64 << 20) + StreamsProperties.OUTCOME_HEADROOM_BYTES;
        assertThat(properties).containsEntry("producer.max.request.size", largest);
        assertThat((Long) properties.get("producer.buffer.memory")).isGreaterThanOrEqualTo(largest);
    }

    @ParameterizedTest
    @CsvSource({
        // window: events, bytes; poll: records; fetch: bytes, bytes per partition
        "2048, 67108864, 500, 16777216, 2097152",
        "1000000, 9000000000, 500, 16777216, 2097152",
        "64, 67108864, 16, 16777216, 2097152",
        "2048, 8388608, 64, 2097152, 262144",
        "1, 1, 1, 1, 1"
    })
    void pollsAndFetchesFollowTheWindow(int maxEvents, long maxBytes, int poll, int fetch, int partition) {
        PipelineSettings settings =
                settings(Guarantee.EXACTLY_ONCE_V2, 64 << 20, new InFlightLimits(maxEvents, maxBytes), Map.of());
        assertThat(StreamsProperties.of(settings))
                .containsEntry("main.consumer.max.poll.records", poll)
                .containsEntry("buffered.records.per.partition", poll)
                .containsEntry("main.consumer.fetch.max.bytes", fetch)
                .containsEntry("main.consumer.max.partition.fetch.bytes", partition);
    }

    @Test
    void kafkaStreamsAcceptsTheProperties() {
        StreamsConfig config = new StreamsConfig(properties(Map.of()));
        assertThat(config.getMainConsumerConfigs("group", "client", 0)).containsEntry("auto.offset.reset", "earliest");
    }

    @ParameterizedTest
    @CsvSource({
        "commit.interval.ms, 250",
        "poll.ms, 7",
        "main.consumer.max.poll.records, 50",
        "producer.compression.type, none",
        "security.protocol, SSL"
    })
    void aPropertySetByTheUserWins(String name, String value) {
        assertThat(properties(Map.of(name, value))).containsEntry(name, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group.protocol", "main.consumer.group.protocol", "consumer.group.protocol"})
    void theStreamsGroupProtocolIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties(Map.of(name, "streams")))
                .withMessageContainingAll("group.protocol is 'streams'", "only 'classic' is allowed");
    }

    @Test
    void theStreamsGroupProtocolIsRefusedInAnyCase() {
        assertThatIllegalArgumentException().isThrownBy(() -> properties(Map.of("group.protocol", "STREAMS")));
    }

    @Test
    void theClassicGroupProtocolIsAllowed() {
        assertThat(properties(Map.of("group.protocol", "classic"))).containsEntry("group.protocol", "classic");
    }

    @ParameterizedTest
    @CsvSource({
        "processing.guarantee, guarantee",
        "application.id, applicationId",
        "bootstrap.servers, bootstrapServers",
        "num.stream.threads, streamThreads"
    })
    void aPropertyThatHasAKeyOfItsOwnIsRefused(String name, String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties(Map.of(name, "anything")))
                .withMessage("kafka." + name + " can't be set; set the key " + key + " instead");
    }

    @Test
    void anotherClientSupplierIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties(Map.of("default.client.supplier", "my.Supplier")))
                .withMessageContaining("kafka.default.client.supplier can't be set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto.offset.reset", "consumer.auto.offset.reset", "main.consumer.auto.offset.reset"})
    void skippingTheBacklogIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties(Map.of(name, "latest")))
                .withMessageContainingAll("kafka." + name + " is 'latest'", "allowed are earliest and none");
    }

    @Test
    void noResetIsAllowed() {
        assertThat(properties(Map.of("main.consumer.auto.offset.reset", "none")))
                .containsEntry("main.consumer.auto.offset.reset", "none");
    }

    @Test
    void topicsAreCreatedForTheLargestMessage() {
        assertThat(StreamsProperties.topicSettings(5_000)).containsEntry("max.message.bytes", "5000");
    }

    @Test
    void anEventWithoutTimestampGetsTheTimeOfItsArrival() {
        TimestampExtractor extractor = new StreamsConfig(properties(Map.of())).defaultTimestampExtractor();
        long before = System.currentTimeMillis();
        assertThat(extractor.extract(recordOf(-1), 5)).isBetween(before, System.currentTimeMillis());
        assertThat(extractor.extract(recordOf(0), 5)).isZero();
        assertThat(extractor.extract(recordOf(7), 5)).isEqualTo(7);
    }

    private static ConsumerRecord<Object, Object> recordOf(long timestamp) {
        return new ConsumerRecord<>(
                "image-events",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());
    }
}
