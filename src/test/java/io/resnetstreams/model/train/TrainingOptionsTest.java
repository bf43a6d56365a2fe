package io.resnetstreams.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingOptionsTest {
    private static final int STEPS = 10;

    private static TrainingOptions options(int epochs, double warmUpEpochs) {
        return new TrainingOptions(
                epochs, 32, 0.4, TrainingOptions.Schedule.COSINE, warmUpEpochs, 1e-4, 0.9, 0.1, 4, true, 0.5, 0, 1);
    }

    @Test
    void theRateRisesLinearlyWhileWarmingUp() {
        assertThat(options(10, 2).learningRateAt(0, STEPS)).isCloseTo(0.4 / 20, within(1e-12));
        assertThat(options(10, 2).learningRateAt(9, STEPS)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void theRateIsHighestAfterWarmingUp() {
        assertThat(options(10, 2).learningRateAt(19, STEPS)).isCloseTo(0.4, within(1e-12));
    }

    @Test
    void theRateIsHalvedHalfwayThroughTheCosine() {
        assertThat(options(10, 2).learningRateAt(59, STEPS)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void theRateEndsAtZero() {
        assertThat(options(10, 2).learningRateAt(99, STEPS)).isCloseTo(0, within(1e-12));
    }

    @Test
    void theRateNeverRisesAfterWarmingUp() {
        TrainingOptions options = options(10, 2);
        for (int step = 19; step < 99; step++) {
            assertThat(options.learningRateAt(step + 1, STEPS))
                    .as("step %d", step + 1)
                    .isLessThan(options.learningRateAt(step, STEPS));
        }
    }

    @Test
    void withoutWarmUpTheCosineBeginsAtOnce() {
        assertThat(options(1, 0).learningRateAt(4, STEPS)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void warmingUpAllTheTimeIsAllowed() {
        assertThat(options(1, 1).learningRateAt(8, STEPS)).isCloseTo(0.36, within(1e-12));
        assertThat(options(1, 1).learningRateAt(9, STEPS)).isFinite();
    }

    @Test
    void aValueOutOfRangeIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(0, 0))
                .withMessage("epochs is 0; allowed are 1 to 10000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(2, 3))
                .withMessage("warm-up epochs is 3.0; allowed are 0 to the epochs");
    }
}
