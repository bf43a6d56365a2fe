package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PixelBudgetTest {
    private static final ImageHeader LARGEST = new ImageHeader(ImageFormat.PNG, 10, 10);
    private static final ImageHeader SMALL = new ImageHeader(ImageFormat.PNG, 1, 1);

    private final PixelBudget budget = new PixelBudget(new ImageLimits(1, 100, 10, 1, 1));

    private Thread taking(ImageHeader header, CountDownLatch taken) {
        Thread thread = new Thread(() -> {
            budget.take(header);
            taken.countDown();
        });
        thread.start();
        return thread;
    }

    @Test
    void besideOneOfTheLargestImagesSmallOnesAreDecoded() {
        budget.take(LARGEST);
        for (int i = 0; i < 25; i++) {
            budget.take(SMALL);
        }
        assertThat(budget.free()).isZero();
    }

    @Test
    void whatExceedsThemWaits() throws Exception {
        budget.take(LARGEST);
        for (int i = 0; i < 25; i++) {
            budget.take(SMALL);
        }
        CountDownLatch taken = new CountDownLatch(1);
        Thread waiting = taking(SMALL, taken);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> waiting.getState() == Thread.State.WAITING);
        assertThat(taken.getCount()).isOne();
        budget.giveBack(LARGEST);
        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.free()).isEqualTo(99); // of 125
    }

    @Test
    @Timeout(60)
    void imagesGiveBackWhatTheyTookWhetherDecodedOrNot() throws Exception {
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(new ImageLimits(1 << 20, 100, 10, 1, 10_000), new Preprocessing(0, 4, 4));
        byte[] good = Png.encodeRgb(SampleImages.gradient(10, 10), 10, 10);
        byte[] broken = SampleImages.withPngHeight(Png.encodeRgb(SampleImages.gradient(10, 5), 10, 5), 10);
        for (int i = 0; i < 5; i++) {
            assertThat(preprocessor.toPixels(good)).hasSize(48);
            assertThatThrownBy(() -> preprocessor.toPixels(broken)).hasMessageContaining("can't be decoded");
        }
    }
}
