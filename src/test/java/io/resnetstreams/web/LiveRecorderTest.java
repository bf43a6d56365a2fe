package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.Stage;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.metrics.CountsSnapshot;
import io.resnetstreams.metrics.PipelineCounts;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveRecorderTest {
    private final PageRig rig = new PageRig(true, false);
    private final RecentOutcomes recent = rig.page.recent();

    @Test
    void uncommittedOutcomesAreNotShown() {
        rig.forward(rig.event("a", PageRig.PNG), "a", "Sneaker", 0.9);
        assertThat(recent.labels(0, 10, LabelFilter.of(null))).isEmpty();
        rig.topology().aborted();
        rig.topology().committed();
        assertThat(recent.labels(0, 10, LabelFilter.of(null))).isEmpty();
        assertThat(rig.page.reading().counts().labels()).isZero();
    }

    @Test
    void labelsComeNewestFirstWithTheirLatency() {
        rig.label("a", "Sneaker", 0.9);
        rig.label("b", "Boot", 0.6);
        List<RecentOutcome> labels = recent.labels(0, 10, LabelFilter.of(null));
        assertThat(labels).extracting(label -> label.label().id()).containsExactly("b", "a");
        assertThat(labels.get(0).latencyMillis()).isEqualTo(250);
        assertThat(recent.labels(labels.get(1).number(), 10, LabelFilter.of(null)))
                .extracting(label -> label.label().id())
                .containsExactly("b");
        assertThat(rig.page.reading().counts().labels()).isEqualTo(2);
    }

    @Test
    void labelsAreFilteredByNameAndConfidence() {
        rig.label("a", "Sneaker", 0.95);
        rig.label("b", "Ankle boot", 0.55);
        rig.label("c", "Ankle boot", 0.99);
        assertThat(recent.labels(0, 10, LabelFilter.of("label=ankle+BOOT&from=50&to=60")))
                .extracting(label -> label.label().id())
                .containsExactly("b");
        assertThat(recent.labels(0, 10, LabelFilter.of("from=x&to=&label=%zz"))).hasSize(3);
    }

    @Test
    void outcomesAndTheirBytesAreLimited() {
        for (int i = 0; i < 2 * RecentOutcomes.MOST_LABELS; i++) {
            rig.forward(rig.event("a", new byte[100_000]), "a", "Sneaker", 0.9);
            if (i % 50 == 0) {
                rig.topology().committed();
            }
        }
        rig.topology().committed();
        List<RecentOutcome> labels = recent.labels(0, Integer.MAX_VALUE, LabelFilter.of(null));
        assertThat(labels).hasSize(RecentOutcomes.MOST_LABELS);
        long kept = labels.stream().mapToLong(RecentOutcome::bytes).sum();
        assertThat(kept).isBetween(1L << 20, 16L << 20);
        assertThat(labels.get(0).event()).isNotNull();
        assertThat(labels.get(labels.size() - 1).event()).isNull();
    }

    @Test
    void eventsAreOnlyKeptIfTheyCanBeShown() {
        PageRig closed = new PageRig(false, false);
        closed.label("a", "Sneaker", 0.9);
        closed.deadLetter("b", "corrupt", "it is corrupt");
        assertThat(closed.page
                        .recent()
                        .labels(0, 1, LabelFilter.of(null))
                        .get(0)
                        .event())
                .isNull();
        assertThat(closed.page.recent().deadLetters().get(0).last().get(0).event())
                .isNull();
    }

    @Test
    void aLargeEventIsNotKept() {
        rig.forward(rig.event("a", new byte[2 << 20]), "a", "Sneaker", 0.9);
        rig.topology().committed();
        assertThat(recent.labels(0, 1, LabelFilter.of(null)).get(0).event()).isNull();
    }

    @Test
    void deadLettersAreCountedByStageAndCode() {
        rig.deadLetter("a", "corrupt", "first");
        rig.deadLetter("b", "truncated", "second");
        rig.deadLetter("c", "corrupt", "third");
        List<RecentOutcomes.DeadLetters> kinds = recent.deadLetters();
        assertThat(kinds)
                .extracting(kind -> kind.kind().code() + " " + kind.count())
                .containsExactly("corrupt 2", "truncated 1");
        assertThat(kinds.get(0).last())
                .extracting(letter -> letter.rejection().reason())
                .containsExactly("third", "first");
    }

    @Test
    void manyDeadLettersAreAllCountedButOnlySomeKept() {
        for (int i = 0; i < 1_000; i++) {
            RawEvent event = rig.event("a", "x".getBytes(UTF_8));
            rig.topology().forwarded(event, new DeadLetter(event, Stage.DECODE, "corrupt", "why", "E"));
        }
        rig.topology().committed();
        RecentOutcomes.DeadLetters kind = recent.deadLetters().get(0);
        assertThat(kind.count()).isEqualTo(1_000);
        assertThat(kind.last()).hasSize(RecentOutcomes.MOST_OF_A_KIND);
        assertThat(kind.last().get(0).source().offset()).isEqualTo(999);
    }

    @Test
    void ratesCoverTheTimeBetweenTwoReadings() {
        PipelineCounts counts = new PipelineCounts();
        counts.loaded("cpu", 2, 8, 100);
        CountsSnapshot before = counts.snapshot(0);
        counts.decoded(5_000_000);
        counts.decoded(15_000_000);
        counts.batch("cpu", 8, ClosedBy.FULL, 0, 1_000_000_000);
        counts.batch("cpu", 4, ClosedBy.DEVICE_FREE, 0, 1_000_000_000);
        counts.waited(30_000_000);
        Rates rates = Rates.between(before, counts.snapshot(2_000_000_000));
        assertThat(rates.decodedPerSecond()).isEqualTo(1);
        assertThat(rates.decodeMillis()).isEqualTo(10);
        assertThat(rates.meanBatch()).isEqualTo(6);
        assertThat(rates.fullBatches()).isEqualTo(0.5);
        assertThat(rates.waitMillis()).isEqualTo(30);
        assertThat(rates.inferenceMillis()).isEqualTo(1_000);
        assertThat(rates.deviceBusy()).isEqualTo(0.5);
        assertThat(rates.busyByDevice()).containsEntry("cpu", 0.5);
        assertThat(Rates.between(before, before).deviceBusy()).isZero();
    }
}
