package io.resnetstreams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.TopicReader.End;
import io.resnetstreams.kafka.TopicReader.Visitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private static final TopicPartition FIRST = new TopicPartition("events", 0);
    private static final TopicPartition SECOND = new TopicPartition("events", 1);
    private static final Duration TIMEOUT = Duration.ofMillis(50);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final TopicReader reader = new TopicReader(consumer, TIMEOUT);
    private final List<String> read = new ArrayList<>();
    private final Visitor all = Visitor.ofAll(this::take);

    private void take(ConsumerRecord<byte[], byte[]> record) {
        read.add(record.partition() + "@" + record.offset());
    }

    private void add(TopicPartition partition, long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(
                    new ConsumerRecord<>(partition.topic(), partition.partition(), offset, null, new byte[0]));
        }
    }

    /** A real consumer skips offsets without a record; the mock does so in its next poll. */
    private void passTo(TopicPartition partition, long offset) {
        consumer.schedulePollTask(() -> consumer.seek(partition, offset));
    }

    @Test
    void recordsAreReadToTheEndAndNotBeyond() {
        reader.seek(Map.of(FIRST, 1L));
        add(FIRST, 0, 1, 2, 3);
        assertThat(reader.read(Map.of(FIRST, 3L), all)).isEqualTo(End.REACHED);
        assertThat(read).containsExactly("0@1", "0@2");
    }

    @Test
    void aTransactionMarkerAtTheEndIsSkipped() {
        reader.seek(Map.of(FIRST, 0L));
        add(FIRST, 0, 1);
        consumer.schedulePollTask(() -> {});
        passTo(FIRST, 3);
        assertThat(reader.read(Map.of(FIRST, 3L), all)).isEqualTo(End.REACHED);
        assertThat(read).containsExactly("0@0", "0@1");
        assertThat(reader.position(FIRST)).isEqualTo(3);
    }

    @Test
    void aRangeWithOnlyAbortedRecordsEndsWithoutARecord() {
        reader.seek(Map.of(FIRST, 5L));
        passTo(FIRST, 9);
        assertThat(reader.read(Map.of(FIRST, 9L), all)).isEqualTo(End.REACHED);
        assertThat(read).isEmpty();
    }

    @Test
    void anEmptyPartitionIsAtItsEndAtOnce() {
        reader.seek(Map.of(FIRST, 7L));
        assertThat(reader.unfinished(Map.of(FIRST, 7L))).isEmpty();
        assertThat(reader.read(Map.of(FIRST, 7L), all)).isEqualTo(End.REACHED);
        assertThat(read).isEmpty();
    }

    @Test
    void offsetsThatCompactionRemovedAreNoGap() {
        reader.seek(Map.of(FIRST, 0L));
        add(FIRST, 2, 40, 41);
        assertThat(reader.read(Map.of(FIRST, 42L), all)).isEqualTo(End.REACHED);
        assertThat(read).containsExactly("0@2", "0@40", "0@41");
    }

    @Test
    void afterRecordsExpiredReadingContinuesWithTheOldestLeft() {
        reader.seek(Map.of(FIRST, 0L));
        // This is what auto.offset.reset=earliest does.
        passTo(FIRST, 4);
        add(FIRST, 4, 5);
        assertThat(reader.read(Map.of(FIRST, 6L), all)).isEqualTo(End.REACHED);
        assertThat(read).containsExactly("0@4", "0@5");
    }

    @Test
    void aRangeThatExpiredCompletelyIsAtItsEnd() {
        reader.seek(Map.of(FIRST, 0L));
        passTo(FIRST, 10);
        add(FIRST, 10);
        assertThat(reader.read(Map.of(FIRST, 6L), all)).isEqualTo(End.REACHED);
        assertThat(read).isEmpty();
    }

    @Test
    void withoutRecordsReadingTimesOut() {
        reader.seek(Map.of(FIRST, 0L, SECOND, 0L));
        add(FIRST, 0);
        Map<TopicPartition, Long> ends = Map.of(FIRST, 1L, SECOND, 1L);
        long start = System.nanoTime();
        assertThat(reader.read(ends, all)).isEqualTo(End.TIMED_OUT);
        assertThat(System.nanoTime() - start).isGreaterThan(TIMEOUT.toNanos());
        assertThat(read).containsExactly("0@0");
        assertThatThrownBy(() -> reader.readTo(ends, all))
                .isInstanceOf(UserErrorException.class)
                .hasMessage(
                        "no record arrived for 0 s, and these partitions have not been read to their end: [events-1]");
    }

    @Test
    void theVisitorStopsTheReading() {
        reader.seek(Map.of(FIRST, 0L));
        add(FIRST, 0, 1, 2);
        End end = reader.read(Map.of(FIRST, 3L), record -> {
            take(record);
            return record.offset() < 1;
        });
        assertThat(end).isEqualTo(End.STOPPED);
        assertThat(read).containsExactly("0@0", "0@1");
    }

    @Test
    void partitionsAreReadConcurrentlyEachToItsOwnEnd() {
        reader.seek(Map.of(FIRST, 0L, SECOND, 5L));
        assertThat(reader.partitions()).containsExactlyInAnyOrder(FIRST, SECOND);
        add(FIRST, 0, 1, 2);
        add(SECOND, 5, 6);
        passTo(SECOND, 8);
        Map<TopicPartition, Long> ends = Map.of(FIRST, 2L, SECOND, 8L);
        assertThat(reader.unfinished(ends)).containsExactlyInAnyOrder(FIRST, SECOND);
        consumer.seek(SECOND, 5);
        assertThat(reader.read(ends, all)).isEqualTo(End.REACHED);
        assertThat(read).contains("0@0", "0@1").doesNotContain("0@2");
        assertThat(reader.unfinished(ends)).isEmpty();
    }

    @Test
    void aSecondSeekReadsAgainAndOnlyThePartitionsNamed() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 3L));
        reader.seekToBeginning(List.of(FIRST));
        assertThat(reader.position(FIRST)).isEqualTo(3);
        reader.seek(Map.of(SECOND, 1L));
        assertThat(reader.partitions()).containsExactly(SECOND);
        assertThat(reader.position(SECOND)).isEqualTo(1);
    }

    @Test
    void pausedPartitionsKeepTheirPosition() {
        reader.seek(Map.of(FIRST, 0L, SECOND, 0L));
        add(FIRST, 0);
        add(SECOND, 0);
        reader.pauseAllBut(Set.of(SECOND));
        reader.poll(TIMEOUT).forEach(this::take);
        assertThat(read).containsExactly("1@0");
        assertThat(reader.position(FIRST)).isZero();
        reader.pauseAllBut(Set.of(FIRST));
        reader.poll(TIMEOUT).forEach(this::take);
        assertThat(read).containsExactly("1@0", "0@0");
    }

    @Test
    void beginningsAndEndsAreReadFromTheBroker() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 3L));
        consumer.updateEndOffsets(Map.of(FIRST, 9L));
        assertThat(reader.beginnings(List.of(FIRST))).isEqualTo(Map.of(FIRST, 3L));
        assertThat(reader.ends(List.of(FIRST))).isEqualTo(Map.of(FIRST, 9L));
    }

    @Test
    void closingClosesTheConsumer() {
        reader.close();
        assertThat(consumer.closed()).isTrue();
    }
}
