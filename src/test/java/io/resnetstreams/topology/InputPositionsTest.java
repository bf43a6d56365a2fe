package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.topology.InputPositions.Policy;
import io.resnetstreams.topology.InputPositions.Start;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InputPositionsTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final TopicPartition OTHER = new TopicPartition("image-events", 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Map<TopicPartition, Long> gaps = new HashMap<>();
    private final TopologyMetrics metrics = new TopologyMetrics() {
        @Override
        public void gap(TopicPartition partition, long events) {
            gaps.put(partition, events);
        }
    };
    private boolean isAnyInFlight;

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION, OTHER));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 100L, OTHER, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 200L, OTHER, 0L));
        consumer.updatePartitions(
                "image-events",
                List.of(
                        new PartitionInfo("image-events", 0, null, null, null),
                        new PartitionInfo("image-events", 1, null, null, null)));
    }

    private void poll(OnGap onGap, Start start, RuntimeException failure) {
        ConsumerRecords<byte[], byte[]> polled = new InputPositions(
                        consumer, new Policy(onGap, start), partition -> isAnyInFlight, metrics)
                .poll(() -> {
                    throw failure;
                });
        assertThat(polled.isEmpty()).isTrue();
    }

    private static OffsetOutOfRangeException outOfRange(long position) {
        return new OffsetOutOfRangeException("out of range", Map.of(PARTITION, position));
    }

    @Test
    void eventsDeletedUnreadAreCountedAndSkipped() {
        poll(OnGap.WARN, Start.BEGINNING, outOfRange(40));
        assertThat(consumer.position(PARTITION)).isEqualTo(100);
        assertThat(gaps).containsExactly(Map.entry(PARTITION, 60L));
    }

    @Test
    void eventsDeletedUnreadCanStopTheInstance() {
        assertThatExceptionOfType(InputGapException.class)
                .isThrownBy(() -> poll(OnGap.STOP, Start.BEGINNING, outOfRange(40)))
                .withMessageContaining("offsets 40 to 99 of image-events-0 were deleted before they were processed")
                .withMessageContaining("input.onGap=warn");
        assertThat(gaps).containsExactly(Map.entry(PARTITION, 60L));
    }

    @Test
    void aPositionBeyondTheEndIsReset() {
        poll(OnGap.WARN, Start.BEGINNING, outOfRange(500));
        assertThat(consumer.position(PARTITION)).isEqualTo(100);
        assertThat(gaps).containsExactly(Map.entry(PARTITION, 0L));
    }

    @Test
    void eventsInFlightAreFinishedBeforeThePositionIsReset() {
        isAnyInFlight = true;
        consumer.seek(PARTITION, 500);
        poll(OnGap.WARN, Start.BEGINNING, outOfRange(500));
        assertThat(consumer.position(PARTITION)).isEqualTo(500);
        assertThat(gaps).isEmpty();
        isAnyInFlight = false;
        poll(OnGap.WARN, Start.BEGINNING, outOfRange(500));
        assertThat(consumer.position(PARTITION)).isEqualTo(100);
    }

    @Test
    void aPositionBeyondTheEndCanStopTheInstance() {
        assertThatExceptionOfType(InputGapException.class)
                .isThrownBy(() -> poll(OnGap.STOP, Start.BEGINNING, outOfRange(500)))
                .withMessageContaining("position 500 of image-events-0 is no longer on the topic, which ends at 200");
    }

    @Test
    void afterATruncationConsumptionContinuesWhereTheLogsDiverge() {
        poll(
                OnGap.WARN,
                Start.BEGINNING,
                new LogTruncationException(
                        "truncated", Map.of(PARTITION, 180L), Map.of(PARTITION, new OffsetAndMetadata(150))));
        assertThat(consumer.position(PARTITION)).isEqualTo(150);
        assertThat(gaps).containsExactly(Map.entry(PARTITION, 0L));
    }

    @ParameterizedTest
    @EnumSource(
            value = Start.class,
            names = {"BEGINNING", "FIRST_TIME"})
    void aGroupWithoutOffsetsBeginsAtTheBeginning(Start start) {
        poll(OnGap.STOP, start, new NoOffsetForPartitionException(PARTITION));
        assertThat(consumer.position(PARTITION)).isEqualTo(100);
        assertThat(gaps).isEmpty();
    }

    @Test
    void aPartitionWhoseOffsetMayHaveExpiredStopsTheInstance() {
        consumer.commitSync(Map.of(OTHER, new OffsetAndMetadata(0)));
        assertThatExceptionOfType(InputGapException.class)
                .isThrownBy(() -> poll(OnGap.WARN, Start.FIRST_TIME, new NoOffsetForPartitionException(PARTITION)))
                .withMessageContaining("no committed offset for image-events-0");
    }

    @Test
    void aNewPartitionBeginsAtItsBeginning() {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(150)));
        poll(OnGap.STOP, Start.FIRST_TIME, new NoOffsetForPartitionException(OTHER));
        assertThat(consumer.position(OTHER)).isZero();
    }

    @Test
    void aBackfillNeedsItsOffsets() {
        NoOffsetForPartitionException failure = new NoOffsetForPartitionException(OTHER);
        assertThatExceptionOfType(NoOffsetForPartitionException.class)
                .isThrownBy(() -> poll(OnGap.STOP, Start.NEVER, failure))
                .isSameAs(failure);
    }
}
