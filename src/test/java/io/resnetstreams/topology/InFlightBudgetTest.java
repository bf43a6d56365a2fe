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
}
