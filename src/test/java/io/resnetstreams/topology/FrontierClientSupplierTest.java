package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the consumer's proxy does without a broker; commits are shown by the tests against one. */
class FrontierClientSupplierTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);

    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(1, 1 << 20));
    private final CommitFrontier frontier = new CommitFrontier(budget);
    private final FrontierClientSupplier clients = new FrontierClientSupplier(
            frontier,
            budget,
            TopologyMetrics.NONE,
            Replay.NONE,
            new OutputTopics(new Topics("image-events", "image-labels", "image-events-dlq"), Long.MAX_VALUE),
            OnGap.WARN,
            Long.MAX_VALUE);
    private final Consumer<byte[], byte[]> consumer = clients.getConsumer(
            Map.of("bootstrap.servers", "localhost:1", "group.id", "test", "default.api.timeout.ms", 100));

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void whatIsPausedIsReported() {
        consumer.assign(List.of(PARTITION));
        consumer.pause(List.of(PARTITION));
        assertThat(consumer.paused()).containsExactly(PARTITION);
    }

    @Test
    void whatIsResumedIsNoLongerReportedThoughTheWindowIsFull() {
        frontier.open(PARTITION).add(event(0, 5), new CompletableFuture<>());
        consumer.assign(List.of(PARTITION));
        consumer.pause(List.of(PARTITION));
        consumer.resume(List.of(PARTITION));
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void otherCallsGoThrough() {
        consumer.assign(List.of(PARTITION));
        assertThat(consumer.assignment()).containsExactly(PARTITION);
    }

    @Test
    void failuresOfTheConsumerComeThroughAsTheyAre() {
        assertThatIllegalStateException().isThrownBy(() -> consumer.seek(PARTITION, 5));
    }

    /** There is no broker, so it fails at once. */
    private void sendInVain(List<Exception> failures) {
        try (Producer<byte[], byte[]> producer =
                clients.getProducer(Map.of("bootstrap.servers", "localhost:1", "max.block.ms", 1))) {
            producer.send(
                    new ProducerRecord<>("image-labels", new byte[1]), (metadata, failure) -> failures.add(failure));
        }
    }

    private void commit() {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(5)));
    }

    @Test
    void afterAnOutcomeThatCouldNotBeSentNothingIsCommittedUntilTheTasksAreGivenUp() {
        List<Exception> failures = new ArrayList<>();
        sendInVain(failures);
        assertThat(failures).singleElement().isInstanceOf(TimeoutException.class);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(CommitFailedException.class)
                    .isThrownBy(this::commit)
                    .withMessageContaining("an outcome could not be sent: ");
        }
        consumer.unsubscribe();
        // It gets as far as to look for the broker.
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(this::commit);
    }

    @Test
    void whatAnotherThreadCouldNotSendDoesNotCount() throws Exception {
        List<Exception> failures = new ArrayList<>();
        Thread other = new Thread(() -> sendInVain(failures));
        other.start();
        other.join();
        assertThat(failures).hasSize(1);
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(this::commit);
    }
}
