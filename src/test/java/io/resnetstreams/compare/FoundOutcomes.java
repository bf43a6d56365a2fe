package io.resnetstreams.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Collects what a join reports, or computes what it should report. */
final class FoundOutcomes implements OutcomeJoin.Listener {
    private final Map<TopicPartition, Long> last = new HashMap<>();
    final Map<String, Map<OutcomeStream, SourceOutcome>> events = new LinkedHashMap<>();
    final Map<OutcomeStream, Long> duplicates = new EnumMap<>(OutcomeStream.class);
    final Map<OutcomeStream, Long> misplaced = new EnumMap<>(OutcomeStream.class);
    final Map<OutcomeStream, Long> read = new EnumMap<>(OutcomeStream.class);

    @Override
    public void outcomes(Map<OutcomeStream, SourceOutcome> outcomes) {
        SourceOutcome any = outcomes.values().iterator().next();
        assertThat(events.put(any.position(), outcomes)).as(any.position()).isNull();
        Long before = last.put(any.source(), any.offset());
        assertThat(before == null || before < any.offset())
                .as("%s after offset %s", any.position(), before)
                .isTrue();
    }

    @Override
    public void duplicates(OutcomeStream stream, long count) {
        duplicates.merge(stream, count, Long::sum);
    }

    @Override
    public void misplaced(OutcomeStream stream) {
        misplaced.merge(stream, 1L, Long::sum);
    }

    @Override
    public void read(OutcomeStream stream, OutcomeReader.Item item) {
        read.merge(stream, 1L, Long::sum);
    }

    /** Computes in memory what joining these topics must report. */
    static FoundOutcomes expected(Map<OutcomeStream, ListReader> readers, String input) {
        FoundOutcomes expected = new FoundOutcomes();
        readers.forEach((stream, reader) -> reader.items().forEach(partition -> {
            Map<TopicPartition, Long> highest = new HashMap<>();
            for (OutcomeReader.Item item : partition) {
                SourceOutcome outcome = item.outcome();
                if (outcome != null && !outcome.source().topic().matches(input)) {
                    continue;
                }
                expected.read(stream, item);
                if (outcome == null) {
                    continue;
                }
                if (outcome.source().partition() % reader.partitions() != item.partition()) {
                    expected.misplaced(stream);
                } else if (outcome.offset() <= highest.getOrDefault(outcome.source(), -1L)) {
                    expected.duplicates(stream, 1);
                } else {
                    highest.put(outcome.source(), outcome.offset());
                    expected.events
                            .computeIfAbsent(outcome.position(), key -> new EnumMap<>(OutcomeStream.class))
                            .put(stream, outcome);
                }
            }
        }));
        return expected;
    }
}
