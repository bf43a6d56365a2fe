package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PausingConsumerTest {
    private static final TopicPartition ZERO = new TopicPartition("image-events", 0);
    private static final TopicPartition ONE = new TopicPartition("image-events", 1);

    private boolean full;
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final PausingConsumer pausing = new PausingConsumer(consumer, partition -> full);

    @BeforeEach
    void assignBothPartitions() {
        consumer.assign(List.of(ZERO, ONE));
    }

    @Test
    void nothingIsPausedWhileThereIsRoom() {
        pausing.beforePoll();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void aFullWindowPausesAllPartitions() {
        full = true;
        pausing.beforePoll();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);
    }

    @Test
    void whatKafkaStreamsPausesIsPausedAtOnce() {
        pausing.pause(List.of(ONE));
        assertThat(consumer.paused()).containsExactly(ONE);
    }

    @Test
    void theConsumerPausesTheUnionOfBoth() {
        pausing.pause(List.of(ONE));
        full = true;
        pausing.beforePoll();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);
    }

    @Test
    void kafkaStreamsSeesOnlyItsOwnPausedPartitions() {
        pausing.pause(List.of(ONE));
        full = true;
        pausing.beforePoll();
        assertThat(pausing.paused()).containsExactly(ONE);
    }

    @Test
    void aPartitionThatKafkaStreamsResumesStaysPausedWhileTheWindowIsFull() {
        pausing.pause(List.of(ONE));
        full = true;
        pausing.beforePoll();
        pausing.resume(List.of(ONE));
        pausing.beforePoll();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);
        assertThat(pausing.paused()).isEmpty();
    }

    @Test
    void aPartitionThatKafkaStreamsResumesIsFetchedAgain() {
        pausing.pause(List.of(ONE));
        pausing.resume(List.of(ONE));
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void allPartitionsResumeWhenThereIsRoomAgain() {
        full = true;
        pausing.beforePoll();
        full = false;
        pausing.beforePoll();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void whatKafkaStreamsPausedStaysPausedWhenThereIsRoomAgain() {
        pausing.pause(List.of(ONE));
        full = true;
        pausing.beforePoll();
        full = false;
        pausing.beforePoll();
        assertThat(consumer.paused()).containsExactly(ONE);
    }

    @Test
    void aPartitionAssignedWhileTheWindowIsFullIsPausedToo() {
        consumer.assign(List.of(ZERO));
        full = true;
        pausing.beforePoll();
        consumer.assign(List.of(ZERO, ONE));
        pausing.beforePoll();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);
    }

    @Test
    void aRevokedPartitionIsForgotten() {
        pausing.pause(List.of(ONE));
        consumer.assign(List.of(ZERO));
        assertThat(pausing.paused()).isEmpty();
    }

    @Test
    void aReassignedPartitionIsNotPausedByAnEarlierRequest() {
        pausing.pause(List.of(ONE));
        consumer.assign(List.of(ZERO));
        assertThat(pausing.paused()).isEmpty();
        consumer.assign(List.of(ZERO, ONE));
        pausing.beforePoll();
        assertThat(consumer.paused()).isEmpty();
    }
}
