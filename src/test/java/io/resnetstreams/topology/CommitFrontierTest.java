package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CommitFrontierTest {
    private static final TopicPartition ZERO = new TopicPartition("image-events", 0);
    private static final TopicPartition ONE = new TopicPartition("image-events", 1);

    private final CommitFrontier frontier = new CommitFrontier(new InFlightBudget(new InFlightLimits(100, 1 << 20)));

    private static OffsetAndMetadata consumed(long offset) {
        return new OffsetAndMetadata(offset, Optional.of(4), "partition time");
    }

    private OffsetAndMetadata lowered(TopicPartition partition, OffsetAndMetadata consumed) {
        return frontier.lower(Map.of(partition, consumed)).get(partition);
    }

    private static void add(InFlightWindow window, int partition, long offset) {
        window.add(event(partition, offset), new CompletableFuture<>());
    }

    @Test
    void aPartitionIsLoweredToItsOldestEventInFlight() {
        add(frontier.open(ZERO), 0, 5);
        assertThat(lowered(ZERO, consumed(9)).offset()).isEqualTo(5);
    }

    @Test
    void theOldestEventsInFlightAreListedByPartition() {
        add(frontier.open(ZERO), 0, 5);
        frontier.open(ONE);
        assertThat(frontier.oldestInFlight())
                .containsExactly(Map.entry(ZERO, event(0, 5).source().timestamp()));
    }

    @Test
    void loweringKeepsTheMetadata() {
        add(frontier.open(ZERO), 0, 5);
        assertThat(lowered(ZERO, consumed(9)).metadata()).isEqualTo("partition time");
    }

    @Test
    void loweringDropsTheLeaderEpochOfTheLaterRecord() {
        add(frontier.open(ZERO), 0, 5);
        assertThat(lowered(ZERO, consumed(9)).leaderEpoch()).isEmpty();
    }

    @Test
    void anOffsetThatIsNotLoweredKeepsItsLeaderEpoch() {
        frontier.open(ZERO);
        assertThat(lowered(ZERO, consumed(9))).isEqualTo(consumed(9));
    }

    @Test
    void aPartitionWithoutWindowIsLeftAsItIs() {
        assertThat(lowered(ZERO, consumed(9))).isEqualTo(consumed(9));
    }

    @Test
    void eachPartitionHasItsOwnFrontier() {
        add(frontier.open(ZERO), 0, 5);
        add(frontier.open(ONE), 1, 70);
        Map<TopicPartition, OffsetAndMetadata> lowered = frontier.lower(Map.of(ZERO, consumed(9), ONE, consumed(80)));
        assertThat(lowered.get(ZERO).offset()).isEqualTo(5);
        assertThat(lowered.get(ONE).offset()).isEqualTo(70);
    }

    @Test
    void theMapThatWasGivenIsNotChanged() {
        add(frontier.open(ZERO), 0, 5);
        Map<TopicPartition, OffsetAndMetadata> given = new HashMap<>(Map.of(ZERO, consumed(9)));
        frontier.lower(given);
        assertThat(given).containsEntry(ZERO, consumed(9));
    }

    @Test
    void anAbandonedWindowStillLimitsTheCommit() {
        InFlightWindow window = frontier.open(ZERO);
        add(window, 0, 5);
        window.abandon();
        assertThat(lowered(ZERO, consumed(9)).offset()).isEqualTo(5);
    }

    @Test
    void aResumedTaskDoesNotCommitAbandonedEvents() {
        InFlightWindow earlier = frontier.open(ZERO);
        add(earlier, 0, 5);
        earlier.abandon();
        frontier.reopen(ZERO);
        assertThat(lowered(ZERO, consumed(9)).offset()).isEqualTo(5);
        frontier.reopen(ZERO);
        assertThat(lowered(ZERO, consumed(9)).offset()).isEqualTo(5);
    }

    @Test
    void theFirstEventOfAReassignedPartitionDiscardsItsEarlierWindow() {
        InFlightWindow earlier = frontier.open(ZERO);
        add(earlier, 0, 5);
        earlier.abandon();
        InFlightWindow window = frontier.open(ZERO);
        window.add(event(0, 20), CompletableFuture.completedFuture(null));
        window.removeHead();
        assertThat(lowered(ZERO, consumed(21)).offset()).isEqualTo(21);
    }
}
