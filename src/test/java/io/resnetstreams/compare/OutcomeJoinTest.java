package io.resnetstreams.compare;

import static io.resnetstreams.compare.OutcomeStream.DEAD_LETTERS_B;
import static io.resnetstreams.compare.OutcomeStream.LABELS_A;
import static io.resnetstreams.compare.OutcomeStream.LABELS_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.events.LabelEvent.Label;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the join with one that keeps everything in memory. */
class OutcomeJoinTest {
    private static final int SEEDS = 100;
    private static final long MEMORY = 32L << 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Map<OutcomeStream, ListReader> readers = new EnumMap<>(OutcomeStream.class);

    private static SourceOutcome outcome(String topic, int partition, long offset) {
        return new SourceOutcome(
                new TopicPartition(topic, partition), offset, "id-" + offset, new Label("cat", 3, 0.5f));
    }

    private ListReader reader(OutcomeStream stream, int partitions) {
        ListReader reader = new ListReader(stream.name(), partitions, new SplittableRandom(partitions));
        readers.put(stream, reader);
        return reader;
    }

    private FoundOutcomes join(String input, long maxWaitingBytes) throws TimeoutException {
        FoundOutcomes found = new FoundOutcomes();
        new OutcomeJoin(
                        readers,
                        new OutcomeJoin.Settings(topic -> topic.matches(input), maxWaitingBytes, TIMEOUT),
                        found)
                .run();
        return found;
    }

    static LongStream seeds() {
        Long seed = Long.getLong("seed");
        return seed == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(seed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomTopicsAreJoinedAsInMemory(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (OutcomeStream stream : OutcomeStream.values()) {
            if (stream == LABELS_A || stream == LABELS_B || random.nextInt(3) > 0) {
                fill(random, stream);
            }
        }
        String input = random.nextBoolean() ? ".*" : "one";
        long maxWaitingBytes = new long[] {1, 4_000, 40_000, MEMORY}[random.nextInt(4)];
        FoundOutcomes found = join(input, maxWaitingBytes);
        FoundOutcomes expected = FoundOutcomes.expected(readers, input);
        String what = "seed " + seed;
        assertThat(found.events).as(what).isEqualTo(expected.events);
        assertThat(found.duplicates).as(what).isEqualTo(expected.duplicates);
        assertThat(found.misplaced).as(what).isEqualTo(expected.misplaced);
        assertThat(found.read).as(what).isEqualTo(expected.read);
    }

    /** Fills a topic with outcomes of several source partitions, each in order but with duplicates. */
    private void fill(SplittableRandom random, OutcomeStream stream) {
        ListReader reader = new ListReader(stream.name(), 1 + random.nextInt(6), random.split());
        readers.put(stream, reader);
        List<List<SourceOutcome>> sources = new ArrayList<>();
        for (String topic : List.of("one", "two")) {
            for (int partition = 0; partition < 6; partition++) {
                sources.add(source(random, topic, partition));
            }
        }
        // Either long runs of one source partition, or a few outcomes of each in turn.
        int longestRun = random.nextBoolean() ? 3 : 1_000;
        sources.removeIf(List::isEmpty);
        while (!sources.isEmpty()) {
            List<SourceOutcome> source = sources.get(random.nextInt(sources.size()));
            int run = Math.min(source.size(), 1 + random.nextInt(longestRun));
            source.subList(0, run).forEach(reader::append);
            source.subList(0, run).clear();
            sources.removeIf(List::isEmpty);
            if (random.nextInt(20) == 0) {
                reader.appendUnreadable(random.nextInt(reader.partitions()));
                reader.append(
                        random.nextInt(reader.partitions()), outcome("one", random.nextInt(6), random.nextInt(100)));
            }
        }
    }

    private static List<SourceOutcome> source(SplittableRandom random, String topic, int partition) {
        List<SourceOutcome> outcomes = new ArrayList<>();
        int events = random.nextInt(4) == 0 ? 0 : random.nextInt(200);
        long offset = random.nextInt(100);
        int share = 1 + random.nextInt(10);
        for (int event = 0; event < events; event++) {
            offset++;
            if (random.nextInt(10) < share) {
                outcomes.add(outcome(topic, partition, offset));
            }
            if (random.nextInt(50) == 0) {
                // Events are reprocessed, as after a crash.
                offset -= random.nextInt(5);
            }
            offset = Math.max(0, offset);
        }
        return outcomes;
    }

    /** Nothing can be joined before the other topic has been read completely. */
    @Test
    void sourcePartitionsInOppositeOrderAreReadAgain() throws Exception {
        ListReader a = reader(LABELS_A, 1);
        ListReader b = reader(LABELS_B, 1);
        for (int i = 0; i < 5_000; i++) {
            int inA = i / 1_000;
            a.append(outcome("one", inA, i % 1_000));
            b.append(outcome("one", 4 - inA, i % 1_000));
        }
        FoundOutcomes found = join("one", 100_000);
        assertThat(found.events).hasSize(5_000).allSatisfy((event, outcomes) -> assertThat(outcomes)
                .containsOnlyKeys(LABELS_A, LABELS_B));
        assertThat(found.read).isEqualTo(Map.of(LABELS_A, 5_000L, LABELS_B, 5_000L));
        assertThat(a.opened()).isBetween(2, 5);
    }

    @Test
    void topicsInTheSameOrderAreReadOnce() throws Exception {
        ListReader a = reader(LABELS_A, 3);
        ListReader b = reader(LABELS_B, 3);
        for (int i = 0; i < 3_000; i++) {
            a.append(outcome("one", i % 6, i));
            b.append(outcome("one", i % 6, i));
        }
        FoundOutcomes found = join("one", 30_000);
        assertThat(found.events).hasSize(3_000);
        assertThat(List.of(a.opened(), b.opened())).containsExactly(3, 3);
        assertThat(List.of(a.delivered(), b.delivered())).containsExactly(3_000L, 3_000L);
    }

    /** B is slow, so A must not be read far ahead of it. */
    @Test
    void aPartitionFarAheadPauses() throws Exception {
        ListReader a = reader(LABELS_A, 1);
        List<Long> aheadOfFirst = new ArrayList<>();
        ListReader b = new ListReader("slow", 1, new SplittableRandom(1)) {
            private int polls;

            @Override
            public List<Item> poll(Set<Integer> wanted) {
                if (polls++ < 1_000) {
                    return List.of();
                }
                if (aheadOfFirst.isEmpty()) {
                    aheadOfFirst.add(a.delivered());
                }
                return super.poll(wanted);
            }
        };
        readers.put(LABELS_B, b);
        for (int i = 0; i < 20_000; i++) {
            a.append(outcome("one", 0, i));
            b.append(outcome("one", 0, i));
        }
        assertThat(join("one", 64_000).events).hasSize(20_000);
        assertThat(aheadOfFirst).singleElement().satisfies(ahead -> assertThat(ahead)
                .isBetween(50L, 120L));
    }

    @Test
    void allEventsAreOfTheOtherTopicIfOneIsEmpty() throws Exception {
        ListReader a = reader(LABELS_A, 4);
        reader(LABELS_B, 3);
        reader(DEAD_LETTERS_B, 1);
        for (int i = 0; i < 500; i++) {
            a.append(outcome("one", i % 7, i));
        }
        FoundOutcomes found = join("one", 1);
        assertThat(found.events).hasSize(500).allSatisfy((event, outcomes) -> assertThat(outcomes)
                .containsOnlyKeys(LABELS_A));
    }

    @Test
    void aTopicThatNeverAnswersIsNamed() {
        reader(LABELS_A, 1).append(outcome("one", 0, 0));
        ListReader silent = new ListReader("silent", 1, new SplittableRandom(1)) {
            @Override
            public List<Item> poll(Set<Integer> wanted) {
                return List.of();
            }
        };
        silent.append(outcome("one", 0, 0));
        readers.put(LABELS_B, silent);
        OutcomeJoin join = new OutcomeJoin(
                readers, new OutcomeJoin.Settings(topic -> true, MEMORY, Duration.ZERO), new FoundOutcomes());
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(join::run).withMessageContaining("silent-0");
    }
}
