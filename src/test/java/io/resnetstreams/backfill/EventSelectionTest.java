package io.resnetstreams.backfill;

import static io.resnetstreams.events.TestEvents.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.events.SourcePosition;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventSelectionTest {
    private static SourcePosition at(int partition, long offset) {
        return new SourcePosition("image-events", partition, offset, 17);
    }

    private static long chosen(EventSelection selection, int partition) {
        return LongStream.range(0, 100_000)
                .filter(offset -> selection.takes(at(partition, offset), headers()))
                .count();
    }

    private static EventSelection selection(Map<String, String> where, double sample) {
        return new EventSelection(Boundary.BEGINNING, Boundary.NOW, where, sample);
    }

    @Test
    void withoutConditionsEveryEventIsSelected() {
        EventSelection selection = selection(Map.of(), 1);
        assertThat(chosen(selection, 0)).isEqualTo(100_000);
    }

    @Test
    void aTimeRangeIncludesItsBeginningButNotItsEnd() {
        EventSelection selection = new EventSelection(
                new Boundary(Boundary.Kind.TIME, 10), new Boundary(Boundary.Kind.TIME, 20), Map.of(), 1);
        assertThat(LongStream.range(-1, 30)
                        .filter(time -> selection.takes(new SourcePosition("image-events", 0, 5, time), headers())))
                .containsExactly(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);
        EventSelection offsets = new EventSelection(
                new Boundary(Boundary.Kind.OFFSET, 10), new Boundary(Boundary.Kind.OFFSET, 20), Map.of(), 1);
        assertThat(offsets.takes(at(0, 1), headers())).isTrue();
    }

    @Test
    void allHeadersMustMatch() {
        EventSelection selection = selection(Map.of("camera", "north", "day", "1"), 1);
        assertThat(selection.takes(at(0, 1), headers("camera", "north", "day", "1", "more", "x")))
                .isTrue();
        assertThat(selection.takes(at(0, 1), headers("camera", "north"))).isFalse();
        assertThat(selection.takes(at(0, 1), headers("camera", "north", "day", "2")))
                .isFalse();
        assertThat(selection.takes(
                        at(0, 1), new RecordHeaders().add("camera", null).add("day", null)))
                .isFalse();
    }

    @Test
    void theLastHeaderOfANameCounts() {
        EventSelection selection = selection(Map.of("camera", "north"), 1);
        assertThat(selection.takes(at(0, 1), headers("camera", "south", "camera", "north")))
                .isTrue();
        assertThat(selection.takes(at(0, 1), headers("camera", "north", "camera", "south")))
                .isFalse();
    }

    /** The positions are fixed, so the counts never vary; their deviation is within that of a fair draw. */
    @Test
    void aSampleHasItsShareInEachPartition() {
        for (int partition = 0; partition < 5; partition++) {
            assertThat((double) chosen(selection(Map.of(), 0.01), partition)).isCloseTo(1_000, within(150.0));
            assertThat((double) chosen(selection(Map.of(), 0.5), partition)).isCloseTo(50_000, within(1_000.0));
        }
    }

    @Test
    void aSmallerSampleIsPartOfALargerOne() {
        EventSelection small = selection(Map.of(), 0.1);
        EventSelection large = selection(Map.of(), 0.2);
        assertThat(LongStream.range(0, 10_000)
                        .filter(offset -> small.takes(at(3, offset), headers()))
                        .allMatch(offset -> large.takes(at(3, offset), headers())))
                .isTrue();
    }

    @Test
    void partitionsAreSampledIndependently() {
        EventSelection selection = selection(Map.of(), 0.5);
        long same = LongStream.range(0, 10_000)
                .filter(offset ->
                        selection.takes(at(0, offset), headers()) == selection.takes(at(1, offset), headers()))
                .count();
        assertThat((double) same).isCloseTo(5_000, within(250.0));
    }
}
