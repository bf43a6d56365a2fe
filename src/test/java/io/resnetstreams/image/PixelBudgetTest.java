package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.common.Png;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All threads together decode at most 1.25 times the pixels of the largest allowed image at once. */
@Timeout(60)
class PixelBudgetTest {
    private static final int OF_ALL = 125;

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(new ImageLimits(1 << 20, 100, 10, 1, 10_000), new Preprocessing(0, 4, 4));
    private final byte[] largest = Png.encodeRgb(SampleImages.gradient(10, 10), 10, 10);
    private final byte[] small = Png.encodeRgb(SampleImages.gradient(5, 5), 5, 5);

    @Test
    void smallImagesAreDecodedBesideOneOfTheLargest() throws Exception {
        preprocessor.freePixels.acquire(100);
        assertThat(preprocessor.toPixels(small)).hasSize(48);
    }

    @Test
    void imagesThatExceedTheBudgetWait() throws Exception {
        preprocessor.freePixels.acquire(OF_ALL - 99);
        CompletableFuture<byte[]> decoded = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                decoded.complete(preprocessor.toPixels(largest));
            } catch (Exception e) {
                decoded.completeExceptionally(e);
            }
        });
        waiting.start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> waiting.getState() == Thread.State.WAITING);
        assertThat(decoded).isNotDone();
        preprocessor.freePixels.release(1);
        assertThat(decoded.get(30, TimeUnit.SECONDS)).hasSize(48);
    }

    @Test
    void imagesGiveTheirBudgetBackWhetherDecodedOrNot() throws Exception {
        byte[] broken = SampleImages.withPngHeight(Png.encodeRgb(SampleImages.gradient(10, 5), 10, 5), 10);
        for (int i = 0; i < 5; i++) {
            assertThat(preprocessor.toPixels(largest)).hasSize(48);
            assertThatThrownBy(() -> preprocessor.toPixels(broken)).hasMessageContaining("can't be decoded");
        }
        assertThat(preprocessor.freePixels.availablePermits()).isEqualTo(OF_ALL);
    }
}
