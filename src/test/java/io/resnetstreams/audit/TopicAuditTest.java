package io.resnetstreams.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.audit.OfflineOutcomes.Outcome;
import io.resnetstreams.audit.TopicAudit.Fault;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.SourcePosition;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicAuditTest {
    private static final String INPUT = "image-events";
    private static final String LABELS = "image-labels-0";
    private static final byte[] DIGEST = {1, 2, 3, 4};

    private final TopicAudit audit = new TopicAudit();

    /** An offset far from zero, as on a topic whose oldest events have expired. */
    private static final long BEGIN = 5_000_000_000L;

    @BeforeEach
    void range() {
        audit.range(0, BEGIN, BEGIN + 10);
    }

    private static SourcePosition at(long offset) {
        return new SourcePosition(INPUT, 0, BEGIN + offset, 17);
    }

    private void labels(long... offsets) {
        for (long offset : offsets) {
            audit.label(LABELS, at(offset), null);
        }
    }

    private void events(long... offsets) {
        for (long offset : offsets) {
            audit.event(at(offset), audit.needsDigest(at(offset)) ? DIGEST : null);
        }
    }

    private TopicAudit.Result result() {
        return audit.result(INPUT);
    }

    private void label(long offset, int part, int of) {
        audit.label(LABELS, at(offset), new Part(part, of));
    }

    private void deadLetter(long offset, int part, int of) {
        audit.deadLetter("image-events-dlq-0", at(offset), new Part(part, of), DIGEST);
    }

    @Test
    void anEventWithSeveralImagesHasAnOutcomeForEach() {
        deadLetter(1, 2, 3);
        labels(0);
        label(1, 1, 3);
        label(1, 3, 3);
        labels(2);
        events(0, 1, 2);
        assertThat(result().isFaultless()).as("%s", result()).isTrue();
        assertThat(result().labels()).isEqualTo(4);
        assertThat(result().deadLetters()).isEqualTo(1);
    }

    @Test
    void theMissingImagesOfAnEventAreLost() {
        label(1, 1, 4);
        deadLetter(2, 2, 2);
        deadLetter(1, 3, 4);
        labels(2);
        events(1, 2);
        assertThat(result().lost()).isEqualTo(3);
        assertThat(result().examples().get(Fault.LOST))
                .containsExactly(
                        INPUT + "-0@" + (BEGIN + 1) + " part 2/4",
                        INPUT + "-0@" + (BEGIN + 1) + " part 4/4",
                        INPUT + "-0@" + (BEGIN + 2) + " part 1/2");
    }

    @Test
    void imagesOfAnEventMayBeDuplicatedOrOutOfOrder() {
        label(1, 1, 3);
        label(1, 1, 3);
        label(1, 3, 3);
        label(1, 2, 3);
        labels(2);
        label(3, 1, 2);
        deadLetter(3, 1, 2);
        deadLetter(3, 2, 2);
        events(1, 2, 3);
        assertThat(result().duplicates()).isEqualTo(1);
        assertThat(result().outOfOrder()).isEqualTo(1);
        assertThat(result().both()).isEqualTo(1);
        assertThat(result().lost()).isZero();
    }

    @Test
    void theImagesOfALaterEventComeLater() {
        labels(2);
        label(1, 1, 2);
        labels(3);
        label(1, 2, 2);
        events(1, 2, 3);
        assertThat(result().outOfOrder()).isEqualTo(2);
    }

    @Test
    void oneOutcomeForEachEventIsFaultless() {
        audit.deadLetter("image-events-dlq-0", at(1), null, DIGEST);
        labels(0, 2);
        events(0, 1, 2);
        assertThat(result().isFaultless()).isTrue();
        assertThat(result().events()).isEqualTo(3);
        assertThat(result().labels()).isEqualTo(2);
        assertThat(result().deadLetters()).isEqualTo(1);
    }

    @Test
    void aLostEventIsNamed() {
        labels(0, 2);
        events(0, 1, 2);
        TopicAudit.Result result = result();
        assertThat(result.lost()).isEqualTo(1);
        assertThat(result.examples().get(Fault.LOST)).containsExactly("image-events-0@5000000001");
    }

    @Test
    void gapsBetweenOffsetsAreNoEvents() {
        labels(0, 5);
        events(0, 5);
        assertThat(result().isFaultless()).isTrue();
    }

    @Test
    void aSecondLabelIsADuplicate() {
        labels(0, 1, 0);
        events(0, 1);
        assertThat(result().duplicates()).isEqualTo(1);
        assertThat(result().outOfOrder()).isZero();
    }

    @Test
    void aLabelAfterALaterEventsIsOutOfOrder() {
        labels(1, 0);
        events(0, 1);
        assertThat(result().outOfOrder()).isEqualTo(1);
    }

    @Test
    void aLabelAndADeadLetterAreBoth() {
        audit.deadLetter("image-events-dlq-0", at(1), null, DIGEST);
        labels(1);
        events(1);
        assertThat(result().both()).isEqualTo(1);
        assertThat(result().duplicates()).isZero();
    }

    @Test
    void anOutcomeWithoutEventIsAGhost() {
        labels(3);
        audit.label(LABELS, new SourcePosition(INPUT, 9, 0, 0), null);
        assertThat(result().ghosts()).isEqualTo(2);
    }

    @Test
    void outcomesOfExpiredAndOfLaterEventsAreIgnored() {
        labels(-1, 10);
        assertThat(result().isFaultless()).isTrue();
        assertThat(result().labels()).isZero();
    }

    @Test
    void anOutcomeOfAnEventThatCannotExistYetIsAGhost() {
        audit.range(0, BEGIN, BEGIN + 10, BEGIN + 12);
        labels(11, 12);
        audit.deadLetter("image-events-dlq-0", at(1_000_000_000_000L), null, DIGEST);
        assertThat(result().ghosts()).isEqualTo(2);
        assertThat(result().labels() + result().deadLetters()).isZero();
    }

    @Test
    void eventsThatExpireMeanwhileAreIgnored() {
        labels(0, 1, 2);
        events(2, 3);
        audit.forget(0, BEGIN + 2);
        assertThat(result().ghosts()).isZero();
        assertThat(result().lost()).isEqualTo(1);
    }

    @Test
    void aDeadLetterWithOtherContentIsAltered() {
        audit.deadLetter("image-events-dlq-0", at(1), null, new byte[] {9, 9, 9, 9});
        events(1);
        assertThat(result().altered()).isEqualTo(1);
    }

    @Test
    void unreadableRecordsAreCounted() {
        audit.malformed(LABELS, 4, "not JSON");
        assertThat(result().malformed()).isEqualTo(1);
        assertThat(result().examples().get(Fault.MALFORMED)).containsExactly("image-labels-0@4: not JSON");
    }

    @Test
    void anOutcomeUnlikeTheOfflineOneIsMislabelled() {
        labels(0, 1, 2);
        events(0, 1, 2);
        audit.judge(at(0), new Outcome("cat"), new Outcome("cat"));
        audit.judge(at(1), new Outcome("cat"), new Outcome("dog"));
        audit.judge(at(2), OfflineOutcomes.DEAD_LETTER, new Outcome("dog"));
        TopicAudit.Result result = result();
        assertThat(result.judged()).isEqualTo(3);
        assertThat(result.mislabelled()).isEqualTo(2);
        assertThat(result.isFaultless()).isFalse();
        assertThat(result.examples().get(Fault.MISLABELLED))
                .containsExactly(
                        "image-events-0@5000000001 is 'dog', offline 'cat'",
                        "image-events-0@5000000002 is 'dog', offline a dead letter");
    }

    @Test
    void outcomesOutsideTheAuditAreNotJudged() {
        audit.judge(at(-1), new Outcome("cat"), new Outcome("dog"));
        audit.judge(new SourcePosition(INPUT, 9, 0, 0), new Outcome("cat"), new Outcome("dog"));
        assertThat(result().judged()).isZero();
    }

    @Test
    void theNumberOfExamplesIsLimited() {
        events(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        audit.range(1, 0, 10);
        for (int offset = 0; offset < 10; offset++) {
            audit.event(new SourcePosition(INPUT, 1, offset, 0), null);
        }
        TopicAudit.Result result = result();
        assertThat(result.lost()).isEqualTo(20);
        assertThat(result.examples().get(Fault.LOST)).hasSize(10);
    }

    @Test
    void aRangeTooLargeForMemoryIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> audit.range(0, 0, 3_000_000_000L))
                .withMessageContaining("3000000000");
    }

    @Test
    void aDeadLetterThatComesWithoutContentIsNotAltered() {
        audit.deadLetter("image-events-dlq-0", at(0), null, null);
        events(0);
        assertThat(audit.result(INPUT).isFaultless()).isTrue();
    }

    /** Returns a position on an earlier topic of the same name, whose events had other timestamps. */
    private static SourcePosition before(long offset) {
        return new SourcePosition(INPUT, 0, BEGIN + offset, 3);
    }

    @Test
    void outcomesOfAnEarlierTopicAreCountedApart() {
        audit.range(0, BEGIN, BEGIN + 4, BEGIN + 4);
        audit.deadLetter("image-events-dlq-0", before(1), null, new byte[] {9, 9, 9, 9});
        audit.deadLetter("image-events-dlq-0", at(2), null, DIGEST);
        for (int offset : new int[] {0, 2, 3, 4, 5}) {
            audit.label(LABELS, before(offset), null);
        }
        labels(0, 1, 0);
        events(0, 1, 2, 3);
        TopicAudit.Result result = result();
        assertThat(result.lost()).isEqualTo(1);
        assertThat(result.examples().get(Fault.LOST)).containsExactly("image-events-0@5000000003");
        assertThat(result.duplicates()).isEqualTo(1);
        assertThat(result.outOfOrder() + result.both() + result.ghosts() + result.altered())
                .isZero();
        assertThat(result.labels()).isEqualTo(3);
        assertThat(result.deadLetters()).isEqualTo(1);
        assertThat(result.earlierTopic()).isEqualTo(6);
    }

    @Test
    void anOutcomeOfACompactedEventIsNoGhost() {
        audit.allowCompaction();
        audit.range(0, BEGIN, BEGIN + 10, BEGIN + 10);
        labels(0, 1, 2, 10);
        events(2);
        assertThat(result().ghosts()).isEqualTo(1);
    }

    @Test
    void eventsDeletedUnreadAreAGap() {
        audit.judgeExpired(0, OptionalLong.of(BEGIN + 4), true, Set.of());
        labels(-100, -99, -96, -95, -20, -1, 0, 1);
        events(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        TopicAudit.Result result = result();
        assertThat(result.gaps()).isEqualTo(3);
        assertThat(result.deletedUnread()).isEqualTo(2 + 74 + 18);
        assertThat(result.examples().get(Fault.DELETED_UNREAD))
                .containsExactly(
                        "image-events-0@4999999902 to 4999999903",
                        "image-events-0@4999999906 to 4999999979",
                        "image-events-0@4999999981 to 4999999998");
    }

    @Test
    void missingOutcomesAreNoGapWhereOffsetsLackEventsAndOutcomesMayHaveExpired() {
        audit.judgeExpired(0, OptionalLong.of(BEGIN + 4), true, Set.of(LABELS));
        audit.deadLetter("image-events-dlq-0", at(-90), null, null);
        labels(-20, -19, -17, -14, 0, 1);
        // Two consecutive offsets have no event.
        events(0, 1, 4, 5, 6, 7, 8, 9);
        assertThat(result().examples().get(Fault.DELETED_UNREAD))
                .containsExactly("image-events-0@4999999987 to 4999999999");
    }

    @Test
    void uncommittedEventsThatAreDeletedAreAGap() {
        audit.judgeExpired(0, OptionalLong.of(BEGIN - 30), false, Set.of());
        labels(-31, -30);
        events(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(result().examples().get(Fault.DELETED_UNREAD))
                .containsExactly("image-events-0@4999999971 to 4999999999");
        assertThat(result().isFaultless()).isFalse();
    }

    @Test
    void anInputThatWasNeverConsumedHasNoGap() {
        audit.judgeExpired(0, OptionalLong.empty(), true, Set.of());
        assertThat(result().gaps()).isZero();
    }

    @Test
    void aCommittedOffsetBeyondTheEndIsNamed() {
        audit.range(0, 0, 10, 10);
        audit.judgeExpired(0, OptionalLong.of(75), true, Set.of());
        assertThat(result().examples().get(Fault.BEYOND_END))
                .containsExactly("image-events-0 ends at 10, committed is 75");
        assertThat(result().isFaultless()).isFalse();
    }
}
