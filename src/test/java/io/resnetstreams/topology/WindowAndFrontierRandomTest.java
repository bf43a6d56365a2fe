package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.labelOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares window, frontier and budget with a trivial model: a list of the events that are not forwarded yet. */
class WindowAndFrontierRandomTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final int STEPS = 5_000;

    private record InFlight(RawEvent event, CompletableFuture<Outcome> outcome) {}

    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(1_000_000, Long.MAX_VALUE));
    private final CommitFrontier frontier = new CommitFrontier(budget);
    private final List<InFlight> model = new ArrayList<>();
    private InFlightWindow window = frontier.open(PARTITION);
    private long nextOffset;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void committedOffsetsNeverPassAnEventThatIsNotForwarded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < STEPS; step++) {
            act(random);
            String where = "seed " + seed + ", step " + step;
            assertThat(committed()).as(where).isEqualTo(committedByModel());
            assertThat(budget.events()).as(where).isEqualTo(model.size());
            assertThat(budget.bytes())
                    .as(where)
                    .isEqualTo(model.stream()
                            .mapToLong(entry -> entry.event().sizeInBytes())
                            .sum());
        }
    }

    private void act(SplittableRandom random) {
        int choice = random.nextInt(100);
        if (choice < 45) {
            consume(random);
        } else if (choice < 80 && !model.isEmpty()) {
            InFlight entry = model.get(random.nextInt(model.size()));
            entry.outcome().complete(labelOf(entry.event()));
        } else if (choice < 99) {
            forwardFinished();
        } else {
            restart();
        }
    }

    private void consume(SplittableRandom random) {
        // Transaction markers and compaction leave gaps.
        long offset = nextOffset + random.nextInt(3);
        InFlight entry = new InFlight(event(0, offset), new CompletableFuture<>());
        window.add(entry.event(), entry.outcome());
        model.add(entry);
        nextOffset = offset + 1;
    }

    private void forwardFinished() {
        while (window.isHeadFinished()) {
            assertThat(window.head()).isSameAs(model.get(0).event());
            window.removeHead();
            model.remove(0);
        }
    }

    private void restart() {
        long committed = committed();
        window.abandon();
        assertThat(model).allMatch(entry -> entry.outcome().isDone());
        assertThat(committed()).isEqualTo(committed);
        model.clear();
        nextOffset = committed;
        window = frontier.reopen(PARTITION);
    }

    private long committed() {
        return frontier.lower(Map.of(PARTITION, new OffsetAndMetadata(nextOffset)))
                .get(PARTITION)
                .offset();
    }

    private long committedByModel() {
        return model.isEmpty() ? nextOffset : model.get(0).event().source().offset();
    }

    /**
     * A partition moves back and forth between two instances, each with its own frontier. Each consumes events, takes
     * some of them and sometimes commits. The committed offset never passes an event without outcome, and never
     * decreases.
     */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void aPartitionThatReturnsNeverCommitsAnOlderOffset(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<CommitFrontier> instances = List.of(new CommitFrontier(budget), new CommitFrontier(budget));
        long committed = 0;
        for (int turn = 0; turn < 500; turn++) {
            CommitFrontier owner = instances.get(random.nextInt(2));
            InFlightWindow own = owner.open(PARTITION);
            long consumed = committed;
            List<CompletableFuture<Outcome>> open = new ArrayList<>();
            for (int step = random.nextInt(40); step > 0; step--) {
                String where = "seed " + seed + ", turn " + turn + ", step " + step;
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                        open.add(outcome);
                        own.add(event(0, consumed++), outcome);
                    }
                    case 2 -> {
                        own.skip();
                        consumed++;
                    }
                    case 3 -> {
                        while (!own.isEmpty() && random.nextBoolean()) {
                            RawEvent head = own.head();
                            open.remove(0).complete(labelOf(head));
                            own.removeHead();
                        }
                    }
                    default -> {
                        // Sometimes only transaction markers are consumed, which no processor sees.
                        consumed += random.nextInt(2);
                        long lowered = lowered(owner, consumed);
                        assertThat(lowered).as(where).isGreaterThanOrEqualTo(committed);
                        assertThat(lowered)
                                .as(where)
                                .isLessThanOrEqualTo(
                                        own.isEmpty()
                                                ? consumed
                                                : own.head().source().offset());
                        committed = lowered;
                    }
                }
                if (random.nextInt(10) == 0) {
                    // The task is suspended, committed and resumed, as in a rebalance that does not move the partition.
                    long before = lowered(owner, consumed);
                    own.abandon();
                    assertThat(lowered(owner, consumed)).as(where).isEqualTo(before);
                    committed = before;
                    own = owner.reopen(PARTITION);
                    open.clear();
                    consumed = committed;
                }
            }
            own.abandon();
        }
    }

    private static long lowered(CommitFrontier owner, long consumed) {
        return owner.lower(Map.of(PARTITION, new OffsetAndMetadata(consumed)))
                .get(PARTITION)
                .offset();
    }
}
