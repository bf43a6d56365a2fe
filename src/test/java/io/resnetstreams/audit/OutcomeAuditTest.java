package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.SourcePosition;
import org.junit.jupiter.api.Test;

class OutcomeAuditTest {
    private static final String LABELS = "image-labels";
    private static final String DEAD_LETTERS = "image-events-dlq";

    private final OutcomeAudit audit = new OutcomeAudit();

    private void expect(int partition, long... offsets) {
        for (long offset : offsets) {
            audit.expect(partition, offset);
        }
    }

    private void saw(String topic, int partition, long... offsets) {
        for (long offset : offsets) {
            audit.saw(topic, new SourcePosition("image-events", partition, offset, 0));
        }
    }

    @Test
    void oneOutcomeForEachEventIsFaultless() {
        expect(0, 0, 1);
        expect(1, 0);
        saw(LABELS, 0, 0, 1);
        saw(LABELS, 1, 0);
        assertThat(audit.events()).isEqualTo(3);
        assertThat(audit.outcomes()).isEqualTo(3);
        assertThat(audit.lost()).isZero();
        assertThat(audit.duplicates()).isZero();
        assertThat(audit.outOfOrder()).isZero();
    }

    @Test
    void anEventWithoutOutcomeIsLost() {
        expect(0, 0, 1, 2);
        saw(LABELS, 0, 0, 2);
        assertThat(audit.lost()).isEqualTo(1);
    }

    @Test
    void anOutcomeOfAnotherPartitionDoesNotCount() {
        expect(0, 5);
        saw(LABELS, 1, 5);
        assertThat(audit.lost()).isEqualTo(1);
    }

    @Test
    void aSecondOutcomeIsADuplicate() {
        expect(0, 0);
        saw(LABELS, 0, 0, 0, 0);
        assertThat(audit.duplicates()).isEqualTo(2);
        assertThat(audit.outcomes()).isEqualTo(1);
    }

    @Test
    void aDeadLetterAfterALabelIsADuplicate() {
        expect(0, 0);
        saw(LABELS, 0, 0);
        saw(DEAD_LETTERS, 0, 0);
        assertThat(audit.duplicates()).isEqualTo(1);
    }

    @Test
    void anOutcomeAfterALaterOneIsOutOfOrder() {
        expect(0, 0, 1, 2);
        saw(LABELS, 0, 1, 0, 2);
        assertThat(audit.outOfOrder()).isEqualTo(1);
    }

    @Test
    void partitionsHaveNoOrderAmongEachOther() {
        saw(LABELS, 0, 5);
        saw(LABELS, 1, 3);
        assertThat(audit.outOfOrder()).isZero();
    }

    @Test
    void topicsHaveNoOrderAmongEachOther() {
        saw(LABELS, 0, 5);
        saw(DEAD_LETTERS, 0, 3);
        assertThat(audit.outOfOrder()).isZero();
    }

    @Test
    void anOutcomeMayBeSeenBeforeItsEventIsAcknowledged() {
        saw(LABELS, 0, 0);
        expect(0, 0);
        assertThat(audit.lost()).isZero();
    }

    @Test
    void progressIsToldForEachPartition() {
        expect(1, 0, 1, 2);
        expect(0, 0);
        saw(LABELS, 1, 0, 1);
        assertThat(audit.progress().keySet()).containsExactly(0, 1);
        assertThat(audit.progress().get(1)).containsExactly(2, 3);
    }
}
