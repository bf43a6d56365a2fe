package io.resnetstreams.metrics;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.labelOf;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PipelineCountsTest {
    private final PipelineCounts statistics = new PipelineCounts();

    private void forwardBoth() {
        statistics.forwarded(event(0, 1), labelOf(event(0, 1)));
        statistics.forwarded(event(0, 2), deadLetterOf(event(0, 2)));
    }

    @Test
    void outcomesCountWhenTheyAreCommitted() {
        forwardBoth();
        assertThat(statistics.summary()).containsEntry("labels", 0L).containsEntry("deadLetters", 0L);
        statistics.committed();
        assertThat(statistics.summary()).containsEntry("labels", 1L).containsEntry("deadLetters", 1L);
        statistics.committed();
        assertThat(statistics.labels()).isEqualTo(1);
    }

    @Test
    void outcomesOfAnAbortedTransactionDoNotCount() {
        forwardBoth();
        statistics.aborted();
        statistics.committed();
        assertThat(statistics.labels()).isZero();
        assertThat(statistics.deadLetters()).isZero();
    }

    /** Each stream thread commits only its own outcomes. */
    @Test
    void anotherThreadsOutcomesAreNotCommittedWithThem() throws InterruptedException {
        Thread other = new Thread(this::forwardBoth);
        other.start();
        other.join();
        statistics.committed();
        assertThat(statistics.labels()).isZero();
    }

    @Test
    void theTimeEndsWithTheLastCommit() {
        statistics.consumed(event(0, 1));
        statistics.forwarded(event(0, 1), labelOf(event(0, 1)));
        assertThat(statistics.seconds()).isZero();
        statistics.committed();
        assertThat(statistics.outcomes()).isEqualTo(1);
        assertThat(statistics.seconds()).isPositive();
    }
}
