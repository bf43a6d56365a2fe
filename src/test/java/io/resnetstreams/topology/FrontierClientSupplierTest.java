package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the consumer's proxy does without a broker; commits are shown by the tests against one. */
class FrontierClientSupplierTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);

    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(1, 1 << 20));
    private final CommitFrontier frontier = new CommitFrontier(budget);
    private final Consumer<byte[], byte[]> consumer = new FrontierClientSupplier(
                    frontier,
                    budget,
                    TopologyMetrics.NONE,
                    Replay.NONE,
                    new OutputTopics(new Topics("image-events", "image-labels", "image-events-dlq"), Long.MAX_VALUE),
                    OnGap.WARN,
                    Long.MAX_VALUE)
            .getConsumer(Map.of("bootstrap.servers", "localhost:1", "group.id", "test"));

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
}
