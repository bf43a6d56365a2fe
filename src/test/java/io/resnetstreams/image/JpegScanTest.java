package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.events.RejectedEventException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** JPEGs whose markers are all in place, but whose image data are not. */
class JpegScanTest {
    private static final int WIDTH = 75; // neither a whole number of blocks nor of units
    private static final int HEIGHT = 53;

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(0, 28, 28));

    static Stream<Arguments> kinds() {
        return Map.of(
                        "baseline", new int[0],
                        "progressive", new int[] {opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1},
                        "restarts", new int[] {opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 3},
                        "progressive with restarts",
                                new int[] {
                                    opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                                    1,
                                    opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                                    3
                                },
                        "full colour",
                                new int[] {
                                    opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
                                    opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444
                                },
                        "optimised", new int[] {opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE, 1},
                        "best quality", new int[] {opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 100})
                .entrySet()
                .stream()
                .map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
    }

    private static byte[] jpeg(int[] parameters) {
        return SampleImages.encode(".jpg", SampleImages.pattern(WIDTH, HEIGHT), WIDTH, HEIGHT, parameters);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void aWholeImageIsDecoded(String name, int[] parameters) throws Exception {
        assertThat(preprocessor.decode(jpeg(parameters)).width()).isEqualTo(WIDTH);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void anImageWithoutItsLastBytesIsTruncatedThoughItsEndMarkerIsThere(String name, int[] parameters) {
        byte[] file = jpeg(parameters);
        for (int missing = 1; missing < 40; missing++) {
            byte[] mended = Arrays.copyOf(file, file.length - missing);
            mended[mended.length - 2] = (byte) 0xFF;
            mended[mended.length - 1] = (byte) 0xD9;
            assertThatThrownBy(() -> preprocessor.toPixels(mended))
                    .as("without %d bytes", missing)
                    .asInstanceOf(type(RejectedEventException.class))
                    .extracting(RejectedEventException::code)
                    .isEqualTo("truncated");
        }
    }

    @Test
    void aProgressiveImageWithoutItsLastScanIsTruncated() {
        byte[] file = jpeg(new int[] {opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1});
        int lastScan = lastMarker(file, 0xDA);
        byte[] mended = Arrays.copyOf(file, lastScan + 2);
        mended[lastScan + 1] = (byte) 0xD9;
        assertThatThrownBy(() -> preprocessor.toPixels(mended))
                .hasMessageContaining("of 64 coefficients are there to their last bit");
    }

    @Test
    void aCodeThatIsInNoTableIsCorrupt() {
        byte[] file = jpeg(new int[0]);
        int scan = file.length - 200;
        // No table has a code of sixteen ones, which the standard keeps free.
        for (int at = scan; at < scan + 8; at += 2) {
            file[at] = (byte) 0xFF;
            file[at + 1] = 0;
        }
        assertThatThrownBy(() -> preprocessor.toPixels(file))
                .hasMessageContaining("a bad Huffman code stands before byte");
    }

    @Test
    void aCoefficientThatBeginsWithMoreThanOneBitWhereAScanAddsOneIsCorrupt() {
        byte[] file = jpeg(new int[] {opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1});
        int table = lastMarker(file, 0xC4);
        int end = table + 2 + ((file[table + 2] & 0xFF) << 8 | file[table + 3] & 0xFF);
        for (int at = table + 21; at < end; at++) {
            if ((file[at] & 15) == 1) {
                file[at]++; // the size of the coefficient behind a run
            }
        }
        assertThatThrownBy(() -> preprocessor.toPixels(file)).hasMessageContaining("a coefficient begins with 2 bits");
    }

    private static int lastMarker(byte[] file, int marker) {
        int at = file.length - 2;
        while (file[at] != (byte) 0xFF || file[at + 1] != (byte) marker) {
            at--;
        }
        return at;
    }

    @Test
    void aTableWithMoreCodesThanThereCanBeIsCorrupt() {
        byte[] file = jpeg(new int[0]);
        int table = 0;
        while (file[table] != (byte) 0xFF || file[table + 1] != (byte) 0xC4) {
            table++;
        }
        file[table + 5] = 3; // codes of one bit
        assertThatThrownBy(() -> preprocessor.toPixels(file)).hasMessageContaining("has more codes of 1 bits");
    }

    @Test
    void anImageThatLeavesOutTheStandardTablesIsReadByImageIo() throws Exception {
        byte[] file = jpeg(new int[0]);
        byte[] without = file;
        for (int at = 0; at + 1 < without.length; at++) {
            while (without[at] == (byte) 0xFF && without[at + 1] == (byte) 0xC4) {
                int end = at + 2 + ((without[at + 2] & 0xFF) << 8 | without[at + 3] & 0xFF);
                byte[] shorter = Arrays.copyOf(without, without.length - (end - at));
                System.arraycopy(without, end, shorter, at, without.length - end);
                without = shorter;
            }
        }
        assertThat(without).hasSizeLessThan(file.length);
        assertThat(preprocessor.decode(without).rgb())
                .isEqualTo(preprocessor.decode(file).rgb());
        byte[] mended = Arrays.copyOf(without, without.length * 3 / 4);
        mended[mended.length - 2] = (byte) 0xFF;
        mended[mended.length - 1] = (byte) 0xD9;
        assertThatThrownBy(() -> preprocessor.toPixels(mended)).hasMessageContaining("remature end");
    }
}
