package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.RejectedEventException;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JPEGs of many kinds with random damage ({@code -Dfuzz.seed}). If {@code djpeg} warns that image data is missing or
 * wrong, the image gets no label; if it gives no warning, the image gets one. Nearly all images with harmless
 * warnings get a label.
 */
class DamagedJpegsTest {
    private static final int LEAST_DAMAGED = 443;
    private static final int WIDTH = 117; // not a multiple of the size of a block or of an MCU
    private static final int HEIGHT = 83;
    private static final Path PHOTOS = Path.of("..", "shared", "photos");
    private static final int PHOTOGRAPHS = 6;

    private final long seed = Long.getLong("fuzz.seed", 18);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, 28, 28));

    @TempDir
    private Path folder;

    @Test
    void damagedImagesGetNoLabelAndSoundOnesDo() throws Exception {
        Djpeg.assumeInstalled();
        List<byte[]> sound = sound();
        List<String> wrong = new ArrayList<>();
        int damaged = 0;
        int clean = 0;
        int harmless = 0;
        int harmlessLabelled = 0;
        int rounds = 0;
        while (damaged < LEAST_DAMAGED || harmless < 100) {
            byte[] original = sound.get(rounds % sound.size());
            int kind = rounds / sound.size() % Damage.values().length;
            byte[] file = Damage.values()[kind].apply(original, random);
            Djpeg truth = Djpeg.judge(file, folder);
            boolean labelled = isLabelled(file);
            String description = "source " + rounds % sound.size() + ", " + Damage.values()[kind] + ", " + truth;
            if (truth.isDamaged()) {
                damaged++;
                if (labelled) {
                    wrong.add("labelled: " + description);
                }
            } else if (truth.isClean()) {
                clean++;
                if (!labelled) {
                    wrong.add("refused: " + description);
                }
            } else if (truth.isHarmless()) {
                harmless++;
                harmlessLabelled += labelled ? 1 : 0;
            }
            rounds++;
        }
        System.out.printf(
                "DamagedJpegsTest seed %d: %d damaged, %d clean, %d of %d harmless labelled%n",
                seed, damaged, clean, harmlessLabelled, harmless);
        assertThat(wrong).as("seed %d", seed).isEmpty();
        assertThat(clean).isGreaterThan(20);
        assertThat(harmlessLabelled).as("of %d harmless", harmless).isGreaterThanOrEqualTo(harmless * 9 / 10);
    }

    /** The end marker may be missing if all coefficients are present, since some cameras append data in its place. */
    @Test
    void theEndMarkerAloneMayBeMissing() throws Exception {
        for (byte[] file : sound()) {
            byte[] withoutEnd = Arrays.copyOf(file, file.length - 2);
            byte[] expected = preprocessor.toPixels(file);
            assertThat(preprocessor.toPixels(withoutEnd)).isEqualTo(expected);
            byte[] trailer = Arrays.copyOf(withoutEnd, withoutEnd.length + 3_000);
            Arrays.fill(trailer, withoutEnd.length, trailer.length, (byte) 'S');
            byte[] thumbnail = SampleImages.jpeg(16, 16);
            System.arraycopy(thumbnail, 0, trailer, withoutEnd.length + 1_000, thumbnail.length);
            assertThat(preprocessor.toPixels(trailer)).isEqualTo(expected);
        }
    }

    @Test
    void aProgressiveImageMayEndBeforeItsLastRefinementButOnlyWithAnEndMarker() throws Exception {
        byte[] file = SampleImages.encode(
                ".jpg",
                SampleImages.pattern(WIDTH, HEIGHT),
                WIDTH,
                HEIGHT,
                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                1);
        int lastScan = Damage.scans(file).get(Damage.scans(file).size() - 1);
        byte[] ended = Arrays.copyOf(file, lastScan + 2);
        ended[lastScan + 1] = (byte) 0xD9;
        assertThat(isLabelled(ended)).isTrue();
        assertThat(isLabelled(Arrays.copyOf(ended, lastScan))).isFalse();
    }

    /** Browsers and Pillow also take zeros as full ink. */
    @Test
    void cmykIsInvertedWithAdobesMarkerAndWithout() throws Exception {
        byte[] file = ofBands(4);
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        byte[] pixels = DecodedImage.of(file).rgb();
        assertThat(DecodedImage.of(SampleImages.withSegment(file, 0xEE, adobe)).rgb())
                .isEqualTo(pixels);
        assertThat(pixels[0] & 0xFF).as("red of the first pixel").isLessThan(40);
    }

    private boolean isLabelled(byte[] file) {
        try {
            assertThat(preprocessor.toPixels(file)).hasSize(28 * 28 * 3);
            return true;
        } catch (RejectedEventException e) {
            assertThat(e.code())
                    .isIn(
                            "truncated",
                            "corrupt",
                            "unsupported",
                            "too_many_scans",
                            "edge_too_long",
                            "too_many_pixels",
                            "aspect_ratio_too_large",
                            "unknown_format");
            return false;
        }
    }

    private static List<byte[]> sound() throws IOException {
        byte[] pattern = SampleImages.pattern(WIDTH, HEIGHT);
        int progressive = opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE;
        int restarts = opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL;
        int sampling = opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR;
        List<byte[]> files = new ArrayList<>();
        for (int[] parameters : new int[][] {
            {},
            {progressive, 1},
            {restarts, 3},
            {progressive, 1, restarts, 2},
            {sampling, opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444},
            {sampling, opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_422, restarts, 5},
            {opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE, 1, restarts, 1},
            {opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 100}
        }) {
            files.add(SampleImages.encode(".jpg", pattern, WIDTH, HEIGHT, parameters));
        }
        files.add(ofBands(1));
        files.add(ofBands(4));
        if (Files.isDirectory(PHOTOS)) {
            try (Stream<Path> photos = Files.list(PHOTOS)) {
                for (Path photo : photos.filter(path -> path.toString().endsWith(".JPEG"))
                        .sorted()
                        .limit(PHOTOGRAPHS)
                        .toList()) {
                    files.add(Files.readAllBytes(photo));
                }
            }
        }
        return files;
    }

    /** Creates a grey or CMYK JPEG, for one or four bands. */
    private static byte[] ofBands(int bands) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(0, WIDTH, HEIGHT, bands, null);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int band = 0; band < bands; band++) {
                    raster.setSample(x, y, band, (7 * x + 13 * y) * (band + 1) & 0xFF);
                }
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(file)) {
            writer.setOutput(output);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        return file.toByteArray();
    }
}
