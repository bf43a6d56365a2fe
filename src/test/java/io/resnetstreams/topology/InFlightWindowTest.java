package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.labelOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.events.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class InFlightWindowTest {
    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(100, 1 << 20));
    private final InFlightWindow window = new InFlightWindow(budget);

    private CompletableFuture<Outcome> add(long offset) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        window.add(event(0, offset), outcome);
        return outcome;
    }

    private static void finish(CompletableFuture<Outcome> outcome, long offset) {
        outcome.complete(labelOf(event(0, offset)));
    }

    @Test
    void anEmptyWindowHasNoFinishedHead() {
        assertThat(window.isHeadFinished()).isFalse();
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void theHeadIsFinishedWhenItsOutcomeIsThere() {
        CompletableFuture<Outcome> outcome = add(5);
        assertThat(window.isHeadFinished()).isFalse();
        finish(outcome, 5);
        assertThat(window.isHeadFinished()).isTrue();
    }

    @Test
    void eventsComeOutInTheOrderTheyWentIn() {
        finish(add(5), 5);
        finish(add(6), 6);
        assertThat(window.head().source().offset()).isEqualTo(5);
        window.removeHead();
        assertThat(window.head().source().offset()).isEqualTo(6);
        window.removeHead();
        assertThat(window.isEmpty()).isTrue();
    }

    /** The budget is 100 events. */
    @Test
    void aWindowThatWaitsForItsHeadLeavesAThirdToOthers() {
        CompletableFuture<Outcome> head = add(0);
        for (int offset = 1; offset < 66; offset++) {
            finish(add(offset), offset);
        }
        assertThat(window.waitsForItsHead()).isFalse();
        finish(add(66), 66);
        assertThat(window.waitsForItsHead()).isTrue();
        finish(head, 0);
        assertThat(window.waitsForItsHead()).isFalse();
    }

    /** They are not finished since the device is slow, which others would not change. */
    @Test
    void aWindowOfUnfinishedEventsDoesNotWaitForItsHead() {
        for (int offset = 0; offset < 90; offset++) {
            add(offset);
        }
        assertThat(window.waitsForItsHead()).isFalse();
    }

    @Test
    void bytesOfAWindowThatWaitsForItsHeadCountToo() {
        InFlightWindow small = new InFlightWindow(new InFlightBudget(new InFlightLimits(1_000, 9_000)));
        small.add(event(0, 0), new CompletableFuture<>());
        int offset = 1;
        while (!small.waitsForItsHead()) {
            assertThat(offset).isLessThan(40);
            small.add(event(0, offset), CompletableFuture.completedFuture(labelOf(event(0, offset))));
            offset++;
        }
        assertThat(offset * event(0, 1).sizeInBytes()).isBetween(5_500L, 6_500L);
    }

    @Test
    void theOldestTimestampIsTheHeads() {
        assertThat(window.oldestTimestamp()).isEqualTo(InFlightWindow.EMPTY);
        finish(add(5), 5);
        add(6);
        assertThat(window.oldestTimestamp()).isEqualTo(event(0, 5).source().timestamp());
        window.removeHead();
        assertThat(window.oldestTimestamp()).isEqualTo(event(0, 6).source().timestamp());
        window.abandon();
        assertThat(window.oldestTimestamp()).isEqualTo(InFlightWindow.EMPTY);
    }

    @Test
    void anEventThatFinishesBeforeTheHeadWaits() {
        CompletableFuture<Outcome> first = add(5);
        finish(add(6), 6);
        assertThat(window.isHeadFinished()).isFalse();
        finish(first, 5);
        window.removeHead();
        assertThat(window.isHeadFinished()).isTrue();
    }

    @Test
    void theHeadsOutcomeIsTheOneItWasGiven() {
        Outcome outcome = deadLetterOf(event(0, 5));
        add(5).complete(outcome);
        assertThat(window.headOutcome()).isSameAs(outcome);
    }

    @Test
    void aFailedOutcomeIsThrown() {
        add(5).completeExceptionally(new IllegalStateException("broken device"));
        assertThatThrownBy(window::headOutcome)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("broken device");
    }

    @Test
    void aSecondCompletionOfAnOutcomeChangesNothing() {
        CompletableFuture<Outcome> outcome = add(5);
        finish(outcome, 5);
        Outcome first = window.headOutcome();
        outcome.complete(deadLetterOf(event(0, 5)));
        assertThat(window.headOutcome()).isSameAs(first);
    }

    @Test
    void offsetsMayHaveGaps() {
        add(5);
        add(9);
        assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void offsetsMustAscend() {
        add(5);
        assertThatIllegalStateException()
                .isThrownBy(() -> add(5))
                .withMessage("event image-events-0@5 comes after image-events-0@5; offsets must ascend");
    }

    @Test
    void aRefusedEventTakesNoBudget() {
        add(5);
        assertThatIllegalStateException().isThrownBy(() -> add(4));
        assertThat(budget.events()).isEqualTo(1);
    }

    @Test
    void anEventTakesBudgetForItselfAndItsBytes() {
        add(5);
        assertThat(budget.events()).isEqualTo(1);
        assertThat(budget.bytes()).isEqualTo(event(0, 5).sizeInBytes());
    }

    @Test
    void anEventGivesItsBudgetBackWhenItIsRemoved() {
        finish(add(5), 5);
        window.removeHead();
        assertThat(budget.events()).isZero();
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void aFinishedEventKeepsItsBudgetUntilItIsRemoved() {
        finish(add(5), 5);
        assertThat(budget.events()).isEqualTo(1);
    }

    @Test
    void windowsShareOneBudget() {
        add(5);
        new InFlightWindow(budget).add(event(1, 5), new CompletableFuture<>());
        assertThat(budget.events()).isEqualTo(2);
    }

    @Test
    void everythingConsumedIsCommittableWhileNothingIsInFlight() {
        assertThat(window.committable(42)).isEqualTo(42);
    }

    @Test
    void nothingFromTheHeadOnIsCommittable() {
        add(5);
        add(6);
        assertThat(window.committable(7)).isEqualTo(5);
    }

    @Test
    void aFinishedHeadIsNotCommittableUntilItIsRemoved() {
        finish(add(5), 5);
        add(6);
        assertThat(window.committable(7)).isEqualTo(5);
        window.removeHead();
        assertThat(window.committable(7)).isEqualTo(6);
    }

    @Test
    void theCommittableOffsetIsNeverRaised() {
        add(5);
        assertThat(window.committable(3)).isEqualTo(3);
    }

    @Test
    void anAbandonedWindowKeepsItsFrontier() {
        add(5);
        add(6);
        window.abandon();
        assertThat(window.isEmpty()).isTrue();
        assertThat(window.committable(7)).isEqualTo(5);
    }

    @Test
    void abandoningAnEmptyWindowLeavesEverythingCommittable() {
        window.abandon();
        assertThat(window.committable(42)).isEqualTo(42);
    }

    @Test
    void abandoningTwiceKeepsTheFirstFrontier() {
        add(5);
        window.abandon();
        window.abandon();
        assertThat(window.committable(7)).isEqualTo(5);
    }

    @Test
    void abandoningCancelsWhatIsInFlight() {
        CompletableFuture<Outcome> first = add(5);
        CompletableFuture<Outcome> second = add(6);
        window.abandon();
        assertThat(first).isCancelled();
        assertThat(second).isCancelled();
    }

    @Test
    void abandoningGivesAllBudgetBack() {
        add(5);
        finish(add(6), 6);
        window.abandon();
        assertThat(budget.events()).isZero();
        assertThat(budget.bytes()).isZero();
    }
}
