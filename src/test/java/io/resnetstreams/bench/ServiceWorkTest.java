package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what bench reports about batches and stages, from the metrics of inference. */
class ServiceWorkTest {
    private static final long MILLI = 1_000_000;

    private static ServiceWork twoBatches() {
        ServiceWork metrics = new ServiceWork();
        for (long millis : List.of(2, 3, 4, 7)) {
            metrics.decoded(millis * MILLI);
        }
        metrics.batch("device", 3, ClosedBy.FULL, 5 * MILLI, 30 * MILLI);
        for (long millis : List.of(1, 3, 5)) {
            metrics.waited(millis * MILLI);
        }
        metrics.batch("device", 1, ClosedBy.FULL, 5 * MILLI, 10 * MILLI);
        metrics.waited(11 * MILLI);
        return metrics;
    }

    @Test
    void timesAreMeansOfEvents() {
        assertThat(twoBatches().stageMillis())
                .containsExactly(
                        entry("decode", 4.0),
                        entry("queueWait", 5.0),
                        // Three events spent 30 ms on the device, one spent 10 ms.
                        entry("inference", 25.0),
                        entry("untilCommitted", 0.0));
    }

    @Test
    void batchesAreCountedBySize() {
        ServiceWork work = twoBatches();
        assertThat(work.batchSizes()).containsExactly(entry("1", 1L), entry("3", 1L));
        assertThat(work.meanBatch()).isEqualTo(2);
        assertThat(work.busyNanos()).isEqualTo(40 * MILLI);
    }

    @Test
    void workOfRunsIsAdded() {
        ServiceWork work = ServiceWork.sum(List.of(twoBatches(), twoBatches()));
        assertThat(work.batchSizes()).containsExactly(entry("1", 2L), entry("3", 2L));
        assertThat(work.stageMillis()).isEqualTo(twoBatches().stageMillis());
        assertThat(work.busyNanos()).isEqualTo(80 * MILLI);
    }

    @Test
    void sizesAreInTheOrderOfNumbers() {
        ServiceWork metrics = new ServiceWork();
        for (int size : new int[] {16, 2, 9}) {
            metrics.batch("device", size, ClosedBy.FULL, 0, 1);
        }
        assertThat(metrics.batchSizes().keySet()).containsExactly("2", "9", "16");
    }

    @Test
    void onlyEventsSeenCommittedCountAsCommitted() {
        ServiceWork metrics = new ServiceWork();
        SourcePosition event = new SourcePosition("events", 3, 17, 1_000);
        metrics.classified(event);
        metrics.classified(new SourcePosition("events", 3, 18, 1_000));
        metrics.committed(event);
        double once = metrics.stageMillis().get("untilCommitted");
        assertThat(once).isPositive();
        metrics.committed(event);
        metrics.committed(new SourcePosition("events", 4, 17, 1_000));
        assertThat(metrics.stageMillis()).containsEntry("untilCommitted", once);
    }

    @Test
    void withoutBatchesNothingIsDividedByZero() {
        assertThat(new ServiceWork().meanBatch()).isZero();
        assertThat(new ServiceWork().stageMillis()).hasSize(4).allSatisfy((stage, millis) -> assertThat(millis)
                .isZero());
    }
}
