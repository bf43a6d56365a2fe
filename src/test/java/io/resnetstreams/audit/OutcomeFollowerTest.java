package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.audit.OutcomeFollower.Snapshot;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.topology.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Follows events and outcomes that arrive in any order. */
class OutcomeFollowerTest {
    private static final Topics TOPICS = new Topics(TestEvents.TOPIC, "labels", "letters");
    private static final List<TopicPartition> PARTITIONS = Stream.of(TOPICS.labels(), TOPICS.deadLetters())
            .flatMap(topic -> Stream.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)))
            .toList();

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final OutcomeFollower follower;

    OutcomeFollowerTest() {
        PARTITIONS.forEach(partition -> ends.put(partition, 0L));
        consumer.updateBeginningOffsets(ends);
        follower = new OutcomeFollower(consumer, PARTITIONS, TOPICS, Map.of("right", 7, "wrong", 5));
    }

    private void expect(int partition, long... offsets) {
        for (long offset : offsets) {
            follower.expect(partition, offset);
        }
    }

    private void add(String topic, int partition, byte[] value, Headers headers) {
        long offset = ends.merge(new TopicPartition(topic, partition), 1L, Long::sum) - 1;
        consumer.addRecord(new ConsumerRecord<>(
                topic, partition, offset, 17, TimestampType.CREATE_TIME, 0, 0, null, value, headers, Optional.empty()));
    }

    private void label(String id, int partition, long offset) {
        byte[] json = TestEvents.encoded(new LabelEvent(
                        id,
                        List.of(new Label("Sneaker", 7, 1)),
                        TestEvents.MODEL,
                        new SourcePosition(TOPICS.input(), partition, offset, 17)))
                .value();
        add(TOPICS.labels(), partition, json, new RecordHeaders());
    }

    private void labels(int partition, long... offsets) {
        for (long offset : offsets) {
            label("any", partition, offset);
        }
    }

    private void deadLetter(int partition, long offset) {
        Headers headers =
                TestEvents.deadLetterOf(TestEvents.event(partition, offset)).headers();
        add(TOPICS.deadLetters(), partition, null, headers);
    }

    private Snapshot finished() throws InterruptedException {
        consumer.updateEndOffsets(ends);
        follower.finish();
        return follower.snapshot();
    }

    @Test
    void oneOutcomeForEachEventIsFaultless() throws InterruptedException {
        expect(0, 0, 1);
        expect(1, 0);
        labels(0, 0, 1);
        deadLetter(1, 0);
        Snapshot outcomes = finished();
        assertThat(outcomes.events()).isEqualTo(3);
        assertThat(outcomes.outcomes()).isEqualTo(3);
        assertThat(outcomes.labels()).isEqualTo(2);
        assertThat(outcomes.deadLetters()).isEqualTo(1);
        assertThat(outcomes.lost() + outcomes.duplicates() + outcomes.outOfOrder())
                .isZero();
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void anEventWithoutOutcomeInItsPartitionIsLost() throws InterruptedException {
        expect(0, 0, 1, 2);
        labels(0, 0, 2);
        labels(1, 1);
        assertThat(finished().lost()).isEqualTo(1);
    }

    @Test
    void aSecondOutcomeOfEitherKindIsADuplicate() throws InterruptedException {
        expect(0, 0);
        labels(0, 0, 0);
        deadLetter(0, 0);
        Snapshot outcomes = finished();
        assertThat(outcomes.duplicates()).isEqualTo(2);
        assertThat(outcomes.outcomes()).isEqualTo(1);
    }

    @Test
    void anOutcomeAfterALaterOneOfItsTopicAndPartitionIsOutOfOrder() throws InterruptedException {
        labels(0, 5, 4, 6);
        labels(1, 3);
        deadLetter(0, 2);
        assertThat(finished().outOfOrder()).isEqualTo(1);
    }

    @Test
    void anOutcomeMayBeReadBeforeItsEventIsAcknowledged() throws InterruptedException {
        labels(0, 0);
        assertThat(finished().outcomes()).isEqualTo(1);
        expect(0, 0, 1);
        assertThat(follower.snapshot().lost()).isEqualTo(1);
    }

    @Test
    void progressIsCountedByPartition() throws InterruptedException {
        expect(1, 0, 1, 2);
        expect(0, 0);
        labels(1, 0, 1);
        Snapshot outcomes = finished();
        assertThat(outcomes.progress().keySet()).containsExactly(0, 1);
        assertThat(outcomes.progress().get(1)).containsExactly(2, 3);
    }

    @Test
    void labelsAreCheckedAgainstTheClassesOfTheirIds() throws InterruptedException {
        label("right", 0, 0);
        label("wrong", 0, 1);
        label("unknown", 0, 2);
        Snapshot outcomes = finished();
        assertThat(outcomes.judged()).isEqualTo(2);
        assertThat(outcomes.accuracy()).isEqualTo(0.5);
    }

    @Test
    void recordsOfOtherProducersAreIgnored() throws InterruptedException {
        add(TOPICS.labels(), 0, new byte[] {'['}, new RecordHeaders());
        add(TOPICS.deadLetters(), 0, null, new RecordHeaders());
        Snapshot outcomes = finished();
        assertThat(outcomes.labels() + outcomes.deadLetters()).isZero();
        assertThat(outcomes.accuracy()).isNull();
    }

    @Test
    void aReadFailureIsThrownToTheCaller() throws InterruptedException {
        ends.replaceAll((partition, end) -> 1L);
        consumer.updateEndOffsets(ends);
        consumer.setPollException(new KafkaException("away"));
        follower.finish();
        assertThatThrownBy(follower::snapshot)
                .isInstanceOf(KafkaException.class)
                .hasMessage("away");
    }
}
