package io.resnetstreams.compare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.compare.ComparisonReaders.TopicOutcomeReader;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.kafka.TopicReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what is read from records, and where reading stops. */
class TopicOutcomeReaderTest {
    private static final String TOPIC = "outcomes";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final long BEGIN = 10;
    private static final long END = 13;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final AtomicInteger read = new AtomicInteger();

    private TopicOutcomeReader labels() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, BEGIN));
        consumer.updateEndOffsets(Map.of(PARTITION, END));
        return new TopicOutcomeReader(
                new TopicReader(consumer), List.of(PARTITION), TopicOutcomeReader::label, read::addAndGet);
    }

    private void add(long offset, byte[] key, byte[] value, Headers headers) {
        consumer.addRecord(new ConsumerRecord<>(
                TOPIC, 0, offset, 17, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty()));
    }

    private static byte[] json(long sourceOffset) {
        return TestEvents.encoded(new LabelEvent(
                        "shoe",
                        List.of(new Label("Sneaker", 7, 0.75f), new Label("Sandal", 5, 0.25f)),
                        TestEvents.MODEL,
                        new SourcePosition("image-events", 3, sourceOffset, 17)))
                .value();
    }

    @Test
    void labelsAreReadToTheEndOfTheTopicAtTheStart() {
        TopicOutcomeReader reader = labels();
        assertThat(reader.offsets()).isEqualTo(3);
        assertThat(reader.partitions()).isEqualTo(1);
        reader.open(Map.of(0, 0L));
        assertThat(reader.isAtEnd(0)).isFalse();
        for (long offset = BEGIN; offset <= END; offset++) {
            add(offset, null, json(offset + 100), new RecordHeaders());
        }
        List<OutcomeReader.Item> items = reader.poll(Set.of(0));
        assertThat(reader.isAtEnd(0)).isTrue();
        assertThat(read).hasValue(3);
        assertThat(items).extracting(OutcomeReader.Item::offset).containsExactly(10L, 11L, 12L);
        assertThat(items.get(0).outcome())
                .isEqualTo(new SourceOutcome(
                        new TopicPartition("image-events", 3), 110, "shoe", new Label("Sneaker", 7, 0.75f)));
        assertThat(items.get(0).outcome().position()).isEqualTo("image-events-3@110");
    }

    @Test
    void aPartitionThatIsNotWantedIsPaused() {
        TopicOutcomeReader reader = labels();
        reader.open(Map.of(0, 11L));
        add(11, null, json(1), new RecordHeaders());
        assertThat(reader.poll(Set.of())).isEmpty();
        assertThat(reader.poll(Set.of(0))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[",
                "{\"labels\":[]}",
                "{\"id\":\"a\",\"labels\":[],\"source\":{\"topic\":\"t\",\"partition\":0,\"offset\":0}}",
                "{\"id\":\"a\",\"labels\":[{}],\"source\":{\"topic\":\"t\",\"partition\":0,\"offset\":0}}",
                "{\"id\":\"a\",\"labels\":[{\"label\":\"x\"}]}",
                "{\"id\":\"a\",\"labels\":[{\"label\":\"x\"}],\"source\":{\"partition\":0,\"offset\":0}}",
                "{\"id\":\"a\",\"labels\":[{\"label\":\"x\"}],\"source\":{\"topic\":\"t\",\"partition\":-1,\"offset\":0}}",
                "{\"labels\":[{\"label\":\"x\"}],\"source\":{\"topic\":\"t\",\"partition\":0,\"offset\":0}}"
            })
    void aRecordThatIsNoLabelIsReported(String value) {
        TopicOutcomeReader reader = labels();
        reader.open(Map.of(0, 0L));
        add(12, null, value.getBytes(UTF_8), new RecordHeaders());
        assertThat(reader.poll(Set.of(0))).singleElement().satisfies(item -> {
            assertThat(item.outcome()).isNull();
            assertThat(item.fault()).startsWith("outcomes-0@12: ").contains("label");
        });
    }

    @Test
    void aTombstoneIsNoLabel() {
        TopicOutcomeReader reader = labels();
        reader.open(Map.of(0, 0L));
        add(12, new byte[] {1}, null, new RecordHeaders());
        assertThat(reader.poll(Set.of(0))).singleElement().satisfies(item -> assertThat(item.fault())
                .isEqualTo("outcomes-0@12: no label event"));
    }

    @Test
    void deadLettersAreReadFromTheirHeaders() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, BEGIN));
        consumer.updateEndOffsets(Map.of(PARTITION, END));
        TopicOutcomeReader reader = new TopicOutcomeReader(
                new TopicReader(consumer), List.of(PARTITION), TopicOutcomeReader::deadLetter, read::addAndGet);
        reader.open(Map.of(0, 0L));
        Headers headers = TestEvents.deadLetterOf(TestEvents.event(2, 77)).headers();
        add(10, "key".getBytes(UTF_8), null, headers);
        add(11, null, null, headers);
        add(12, null, new byte[3], new RecordHeaders());
        TopicPartition source = new TopicPartition(TestEvents.TOPIC, 2);
        assertThat(reader.poll(Set.of(0)))
                .containsExactly(
                        new OutcomeReader.Item(0, 10, new SourceOutcome(source, 77, "key", null), null),
                        new OutcomeReader.Item(0, 11, new SourceOutcome(source, 77, null, null), null),
                        new OutcomeReader.Item(0, 12, null, "outcomes-0@12: no source position in its headers"));
    }
}
