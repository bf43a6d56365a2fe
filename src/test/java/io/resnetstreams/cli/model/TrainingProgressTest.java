package io.resnetstreams.cli.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long now = 5;
    private final TrainingProgress progress =
            new TrainingProgress(1_000, 3, new PrintStream(out, true, UTF_8), null, () -> now);

    private void learn(int epoch, int images, Duration time) {
        now += time.toNanos();
        progress.learnt(epoch, images);
    }

    @Test
    void everyHalfMinuteALineShowsSpeedAndTimeLeft() {
        learn(1, 100, Duration.ofSeconds(29));
        assertThat(out.toString(UTF_8)).isEmpty();
        learn(1, 500, Duration.ofSeconds(31));
        assertThat(out.toString(UTF_8))
                .isEqualToNormalizingNewlines("epoch 1 of 3: 600 of 1,000 images, 10 images/s, about 4 min left\n");
        learn(1, 400, Duration.ofSeconds(1));
        assertThat(out.toString(UTF_8).lines()).hasSize(1);
    }

    @Test
    void theTimeLeftCoversTheRemainingEpochs() {
        learn(1, 1_000, Duration.ofSeconds(20));
        assertThat(progress.left()).isEqualTo(", about 40 s left");
        learn(2, 1_000, Duration.ofSeconds(20));
        assertThat(progress.left()).isEqualTo(", about 20 s left");
        learn(3, 1_000, Duration.ofSeconds(20));
        assertThat(progress.left()).isEmpty();
    }

    @Test
    void aResumedTrainingShowsTheTimeLeft() {
        learn(3, 500, Duration.ofSeconds(10));
        assertThat(progress.left()).isEqualTo(", about 10 s left");
    }

    @Test
    void beforeTheFirstStepTheTimeLeftIsUnknown() {
        assertThat(progress.left()).isEmpty();
    }
}
