package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplayEndTest {
    private static final TopicPartition ZERO = new TopicPartition("image-events", 0);
    private static final TopicPartition OUTSIDE = new TopicPartition("image-events", 1);
    private static final long END = 10;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final ReplayEnd end = new ReplayEnd(consumer, new Replay() {
        @Override
        public long end(TopicPartition partition) {
            return partition.equals(ZERO) ? END : 0;
        }
    });

    @BeforeEach
    void assign() {
        consumer.assign(List.of(ZERO, OUTSIDE));
        consumer.seek(ZERO, 0);
        consumer.seek(OUTSIDE, 0);
    }

    private void add(long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>(ZERO.topic(), ZERO.partition(), offset, null, null));
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        return end.limit(() -> consumer.poll(Duration.ZERO));
    }

    private static List<Long> offsets(ConsumerRecords<byte[], byte[]> records) {
        return records.records(ZERO).stream().map(ConsumerRecord::offset).toList();
    }

    @Test
    void recordsBeforeTheEndAreReturned() {
        add(3, 9);
        ConsumerRecords<byte[], byte[]> records = poll();
        assertThat(offsets(records)).containsExactly(3L, 9L);
        assertThat(records.nextOffsets().get(ZERO).offset()).isEqualTo(END);
        assertThat(end.isReached(ZERO)).isTrue();
    }

    @Test
    void recordsBeyondTheEndAreDroppedAndNeverCommitted() {
        add(8, 10, 11);
        ConsumerRecords<byte[], byte[]> records = poll();
        assertThat(offsets(records)).containsExactly(8L);
        assertThat(records.nextOffsets().get(ZERO).offset()).isEqualTo(END);
    }

    @Test
    void aPollOfRecordsBeyondTheEndReturnsNone() {
        add(12);
        ConsumerRecords<byte[], byte[]> records = poll();
        assertThat(records.isEmpty()).isTrue();
        assertThat(records.partitions()).isEmpty();
        assertThat(end.isReached(ZERO)).isTrue();
    }

    @Test
    void beforeTheEndAPartitionIsNotReached() {
        add(7);
        assertThat(poll().nextOffsets().get(ZERO).offset()).isEqualTo(8);
        assertThat(end.isReached(ZERO)).isFalse();
    }

    @Test
    void aPartitionOutsideTheReplayIsAtItsEndFromTheStart() {
        assertThat(end.isReached(OUTSIDE)).isTrue();
    }

    @Test
    void aReassignedPartitionIsConsumedFromItsCommittedOffset() {
        add(9);
        poll();
        end.beforePoll();
        assertThat(end.isReached(ZERO)).isTrue();
        consumer.assign(List.of());
        consumer.assign(List.of(ZERO));
        consumer.seek(ZERO, 4);
        end.beforePoll();
        assertThat(end.isReached(ZERO)).isFalse();
    }

    @Test
    void aRevokedPartitionIsForgotten() {
        add(9);
        poll();
        consumer.assign(List.of(OUTSIDE));
        end.beforePoll();
        assertThat(end.isReached(ZERO)).isFalse();
    }

    @Test
    void aPartitionOutsideTheReplayNeedsNoOffset() {
        ConsumerRecords<byte[], byte[]> records = end.limit(() -> {
            throw new NoOffsetForPartitionException(Set.of(OUTSIDE));
        });
        assertThat(records.isEmpty()).isTrue();
        assertThat(consumer.position(OUTSIDE)).isZero();
    }

    @Test
    void aPartitionOfTheReplayWithoutOffsetIsAnError() {
        assertThatExceptionOfType(NoOffsetForPartitionException.class)
                .isThrownBy(() -> end.limit(() -> {
                    throw new NoOffsetForPartitionException(Set.of(ZERO, OUTSIDE));
                }));
    }

    @Test
    void aLivePipelineGetsAllRecords() {
        ConsumerRecords<byte[], byte[]> polled = new ConsumerRecords<>(
                Map.of(ZERO, List.of(new ConsumerRecord<byte[], byte[]>("image-events", 0, 12, null, null))),
                Map.of(ZERO, new OffsetAndMetadata(13, Optional.empty(), "")));
        assertThat(new ReplayEnd(consumer, Replay.NONE).limit(() -> polled)).isSameAs(polled);
    }
}
