package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.config.DefaultLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSettingsTest {
    @Test
    void defaultLimits() {
        assertThat(DefaultLimits.image()).isEqualTo(new ImageLimits(12 * 1024 * 1024, 64_000_000, 16_384, 100, 10_000));
    }

    @Test
    void phonesOf50MegapixelsAreWithinThem() throws Exception {
        new ImageHeader(ImageFormat.JPEG, 8_160, 6_144).require(DefaultLimits.image());
        new ImageHeader(ImageFormat.JPEG, 8_192, 6_144).require(DefaultLimits.image());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1, 1, maxImageBytes is 0; allowed are 1 to",
        "1, 0, 1, 1, 1, maxPixels is 0",
        "1, 2000000000, 1, 1, 1, maxPixels is 2000000000; allowed are 1 to 715827879",
        "1, 1, 0, 1, 1, maxEdge is 0",
        "1, 1, 2000000, 1, 1, maxEdge is 2000000; allowed are 1 to 1048576",
        "1, 1, 1, 0, 1, maxAspectRatio is 0; it must be at least 1",
        "1, 1, 1, 1, 0, maxDecodeMillis is 0; it must be at least 1"
    })
    void limitsNameWhatIsWrong(int maxBytes, int maxPixels, int maxEdge, int ratio, int millis, String reason) {
        assertThatThrownBy(() -> new ImageLimits(maxBytes, maxPixels, maxEdge, ratio, millis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1, 1, resizeShortEdge is -1",
        "0, 0, 1, width is 0",
        "0, 1, 5000, height is 5000; allowed are 1 to 4096"
    })
    void preprocessingNamesWhatIsWrong(int resizeShortEdge, int width, int height, String reason) {
        assertThatThrownBy(() -> new Preprocessing(resizeShortEdge, width, height))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"500, 375, 341, 256", "375, 500, 256, 341", "256, 256, 256, 256", "1, 16384, 256, 4194304"})
    void longEdgeIsRoundedDown(int width, int height, int scaledWidth, int scaledHeight) {
        Preprocessing preprocessing = new Preprocessing(256, 224, 224);
        assertThat(preprocessing.scaledWidth(width, height)).isEqualTo(scaledWidth);
        assertThat(preprocessing.scaledHeight(width, height)).isEqualTo(scaledHeight);
    }

    @ParameterizedTest
    @CsvSource({"341, 224, 58, 224, 0", "227, 224, 2, 224, 0", "229, 224, 2, 224, 0", "20, 25, 0, 20, 2"})
    void halfWayCropsGoToTheEvenNumber(int scaled, int wanted, int from, int count, int padding) {
        assertThat(Resampler.Crop.centred(scaled, wanted)).isEqualTo(new Resampler.Crop(from, count, padding));
    }
}
