package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.common.Png;
import io.resnetstreams.config.DefaultLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePreprocessorTest {
    private static ImagePreprocessor preprocessor(int resizeShortEdge, int width, int height) {
        return new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(resizeShortEdge, width, height));
    }

    @Test
    void imageOfTheRightSizeIsNotChanged() throws Exception {
        byte[] rgb = SampleImages.pattern(28, 28);
        assertThat(preprocessor(0, 28, 28).toPixels(Png.encodeRgb(rgb, 28, 28))).isEqualTo(rgb);
        assertThat(preprocessor(28, 28, 28).toPixels(Png.encodeRgb(rgb, 28, 28)))
                .isEqualTo(rgb);
    }

    /** Expects the output of Pillow 9.4 for {@code resize((3, 2), BILINEAR)}. */
    @Test
    void reducesAsPillowDoes() throws Exception {
        byte[] pixels = preprocessor(0, 3, 2).toPixels(Png.encodeRgb(SampleImages.pattern(6, 4), 6, 4));
        assertThat(pixels).containsExactly(14, 5, 3, 27, 11, 9, 39, 23, 14, 35, 12, 8, 48, 18, 14, 60, 30, 19);
    }

    /** Expects the CRC-32 of the output of torchvision's Resize and CenterCrop with Pillow 9.4. */
    @ParameterizedTest
    @CsvSource({
        "100,80, 32,28,28, 689920706",
        "80,131, 64,48,56, 2195082588",
        "20,10, 32,32,32, 3374026361",
        "300,200, 0,64,48, 2027711954",
        "40,30, 16,24,20, 1519768117",
        "33,47, 33,32,32, 3126571269",
        "50,50, 9,7,6, 959096828",
        "1,1, 4,4,4, 4069045141"
    })
    void resizesAndCropsAsTorchvisionDoes(
            int imageWidth, int imageHeight, int resizeShortEdge, int width, int height, long expected)
            throws Exception {
        byte[] file = Png.encodeRgb(SampleImages.pattern(imageWidth, imageHeight), imageWidth, imageHeight);
        CRC32 crc = new CRC32();
        crc.update(preprocessor(resizeShortEdge, width, height).toPixels(file));
        assertThat(crc.getValue()).isEqualTo(expected);
    }

    @Test
    void smallerImagesArePaddedWithBlack() throws Exception {
        byte[] white = new byte[3 * 2 * 2];
        Arrays.fill(white, (byte) 255);
        byte[] pixels = preprocessor(2, 5, 4).toPixels(Png.encodeRgb(white, 2, 2));
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 5; x++) {
                boolean inside = x >= 1 && x < 3 && y >= 1 && y < 3;
                assertThat(pixels[(y * 5 + x) * 3]).as("x=%d y=%d", x, y).isEqualTo((byte) (inside ? 255 : 0));
            }
        }
    }

    /**
     * The gradient must look the same for each size of the file, and so for each scale of decoding, also when
     * rotated.
     */
    @ParameterizedTest
    @ValueSource(ints = {64, 100, 129, 256, 270, 515, 1100})
    void scaledDecodingChangesLittle(int size) throws Exception {
        int width = size * 3 / 2;
        byte[] jpeg = SampleImages.encode(
                ".jpg", SampleImages.gradient(width, size), width, size, opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 98);
        byte[] upright = preprocessor(32, 32, 32).toPixels(jpeg);
        byte[] turned = preprocessor(32, 32, 32).toPixels(SampleImages.withSegment(jpeg, 0xE1, SampleImages.exif(6)));
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 32; x++) {
                int at = (y * 32 + x) * 3;
                int red = (int) (40 + 150 * (x + 8.5) / 48);
                int green = (int) (200 - 150 * (y + 0.5) / 32);
                assertThat(upright[at] & 0xFF).isBetween(red - 4, red + 4);
                assertThat(upright[at + 1] & 0xFF).isBetween(green - 4, green + 4);
                int inTurned = (x * 32 + 31 - y) * 3; // orientation 6: rotated by 90° clockwise for display
                assertThat(turned[inTurned] & 0xFF).isBetween(red - 4, red + 4);
                assertThat(turned[inTurned + 1] & 0xFF).isBetween(green - 4, green + 4);
            }
        }
    }

    /**
     * Checks for each EXIF orientation which stored corner is shown at the top left, and whether rows become columns.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, false", "2, 1, 0, false", "3, 1, 1, false", "4, 0, 1, false",
        "5, 0, 0, true", "6, 0, 1, true", "7, 1, 1, true", "8, 1, 0, true"
    })
    void orientationIsApplied(int orientation, int right, int bottom, boolean sideways) throws Exception {
        byte[] exif = SampleImages.exif(orientation);
        byte[] png = Png.encodeRgb(SampleImages.gradient(60, 40), 60, 40);
        byte[] webp = SampleImages.encode(".webp", SampleImages.gradient(60, 40), 60, 40);
        for (byte[] file : List.of(
                SampleImages.withSegment(SampleImages.jpeg(60, 40), 0xE1, exif),
                SampleImages.withPngExif(png, exif),
                SampleImages.withWebpExif(webp, 60, 40, exif))) {
            DecodedImage image = DecodedImage.of(file);
            assertThat(image.width())
                    .as("width of %s", ImageFormat.of(new FileBytes(file)))
                    .isEqualTo(sideways ? 40 : 60);
            assertThat(image.height()).isEqualTo(sideways ? 60 : 40);
            assertThat(ImagePreprocessor.statedSize(file)).contains(new ImageSize(image.width(), image.height()));
            assertThat(image.rgb()[0] & 0xFF).isBetween(35 + 140 * right, 55 + 140 * right);
            assertThat(image.rgb()[1] & 0xFF).isBetween(185 - 140 * bottom, 205 - 140 * bottom);
            int topRight = 3 * (image.width() - 1);
            int changingAcross = sideways ? 1 : 0;
            assertThat(Math.abs((image.rgb()[topRight + changingAcross] & 0xFF) - (image.rgb()[changingAcross] & 0xFF)))
                    .isGreaterThan(100);
        }
    }

    @Test
    void threadsDoNotDisturbOneAnother() throws Exception {
        ImagePreprocessor preprocessor = preprocessor(32, 28, 28);
        List<byte[]> files = new ArrayList<>();
        List<byte[]> expected = new ArrayList<>();
        for (int size = 28; size < 300; size += 30) {
            files.add(SampleImages.jpeg(size + 5, size));
            files.add(Png.encodeRgb(SampleImages.pattern(size, size + 3), size, size + 3));
        }
        for (byte[] file : files) {
            expected.add(preprocessor.toPixels(file));
        }
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<byte[]>> tasks = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                files.forEach(file -> tasks.add(() -> preprocessor.toPixels(file)));
            }
            List<Future<byte[]>> results = pool.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(expected.get(i % expected.size()));
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
