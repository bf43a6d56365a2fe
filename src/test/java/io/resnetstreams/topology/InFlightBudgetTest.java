package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class InFlightBudgetTest {
    @Test
    void isExhaustedByEvents() {
        InFlightBudget budget = new InFlightBudget(new InFlightLimits(2, 1_000));
        budget.reserve(1);
        assertThat(budget.isExhausted()).isFalse();
        budget.reserve(1);
        assertThat(budget.isExhausted()).isTrue();
    }

    @Test
    void isExhaustedByBytes() {
        InFlightBudget budget = new InFlightBudget(new InFlightLimits(100, 1_000));
        budget.reserve(999);
        assertThat(budget.isExhausted()).isFalse();
        budget.reserve(1);
        assertThat(budget.isExhausted()).isTrue();
    }

    @Test
    void returnedBudgetCanBeTakenAgain() {
        InFlightBudget budget = new InFlightBudget(new InFlightLimits(1, 1_000));
        budget.reserve(1_000);
        budget.release(1_000);
        assertThat(budget.isExhausted()).isFalse();
    }

    @Test
    void limitsBelowOneAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InFlightLimits(0, 1))
                .withMessage("maxEvents is 0; it must be at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InFlightLimits(1, 0))
                .withMessage("maxBytes is 0; it must be at least 1");
    }

    @Test
    void eventsThatWaitForAnotherLeaveAThird() {
        InFlightBudget budget = new InFlightBudget(new InFlightLimits(90, 900));
        for (int i = 0; i < 100; i++) {
            budget.reserve(10);
        }
        assertThat(budget.isExhausted(0, 0)).isTrue();
        assertThat(budget.isExhausted(59, 590)).isTrue();
        assertThat(budget.isExhausted(100, 1_000)).isFalse();
        assertThat(budget.isExhausted(80, 800)).isFalse();
        for (int i = 0; i < 10; i++) {
            budget.reserve(10);
        }
        assertThat(budget.isExhausted(80, 800)).isTrue();
    }

    @Test
    void nothingIsConsumedBeyondTwiceTheLimit() {
        InFlightBudget budget = new InFlightBudget(new InFlightLimits(90, 1_000_000));
        for (int i = 0; i < 179; i++) {
            budget.reserve(10);
        }
        assertThat(budget.isExhausted(179, 0)).isFalse();
        budget.reserve(10);
        assertThat(budget.isExhausted(180, 0)).isTrue();
    }
}
