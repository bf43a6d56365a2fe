package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.resnetstreams.config.DefaultLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Photographs are decoded and cropped as by Pillow and torchvision. Pillow computes the expected pixels during the
 * test.
 */
class PillowPhotographsTest {
    private static final Path PHOTOS = Path.of("..", "shared", "photos");
    private static final Path SCRIPT = Path.of("src", "test", "python", "pillow_expectations.py");
    private static final int SIDE = 224;
    private static final double MOST_MEAN_DIFFERENCE = 1.5;
    private static final int MOST_DIFFERENCE = 12;

    @TempDir
    private Path folder;

    /** Returns a Python that has Pillow: Debian's, or the first on the path. */
    private static Optional<String> python() throws InterruptedException {
        for (String python : new String[] {"/usr/bin/python3", "python3"}) {
            try {
                Process process = new ProcessBuilder(python, "-c", "import PIL")
                        .redirectErrorStream(true)
                        .start();
                if (process.waitFor() == 0) {
                    return Optional.of(python);
                }
            } catch (IOException e) {
                // This program does not exist.
            }
        }
        return Optional.empty();
    }

    private static void assume(boolean there, String what) {
        if (!there) {
            String reason = "skipped: " + what;
            System.out.println("PillowPhotographsTest " + reason);
            assumeTrue(false, reason);
        }
    }

    /** Decodes files, compares each with Pillow's crop, and returns how many are identical. */
    private int compare(List<Path> files, Preprocessing preprocessing, String expectation) throws Exception {
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), preprocessing);
        int exact = 0;
        for (Path file : files) {
            byte[] expected = Files.readAllBytes(folder.resolve(expectation.formatted(file.getFileName())));
            byte[] found = preprocessor.toPixels(Files.readAllBytes(file));
            assertThat(found).hasSameSizeAs(expected);
            long sum = 0;
            int largest = 0;
            for (int i = 0; i < found.length; i++) {
                int difference = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
                sum += difference;
                largest = Math.max(largest, difference);
            }
            assertThat((double) sum / found.length)
                    .as("mean difference of %s", file)
                    .isLessThanOrEqualTo(MOST_MEAN_DIFFERENCE);
            assertThat(largest).as("largest difference of %s", file).isLessThanOrEqualTo(MOST_DIFFERENCE);
            exact += largest == 0 ? 1 : 0;
        }
        return exact;
    }

    private List<Path> photographs() throws Exception {
        assume(Files.isDirectory(PHOTOS), "the folder of photographs " + PHOTOS + " is missing");
        try (Stream<Path> files = Files.list(PHOTOS)) {
            return files.filter(file -> file.toString().endsWith(".JPEG"))
                    .sorted()
                    .toList();
        }
    }

    private void runScript(String what, List<Path> files) throws Exception {
        Optional<String> python = python();
        assume(python.isPresent(), "python3 with Pillow (Debian: python3-pil) is not installed");
        List<String> command =
                new ArrayList<>(List.of(python.orElseThrow(), SCRIPT.toString(), what, folder.toString()));
        files.forEach(photo -> command.add(photo.toString()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void cropsAreThoseOfPillow() throws Exception {
        List<Path> photos = photographs();
        assertThat(photos).hasSizeGreaterThanOrEqualTo(100);
        runScript("crops", photos);
        int exact = compare(photos, new Preprocessing(256, SIDE, SIDE), "%s.rgb");
        System.out.println("PillowPhotographsTest " + exact + " of " + photos.size() + " are identical to Pillow's");
        assertThat(exact).isGreaterThanOrEqualTo(photos.size() - 1); // one is so large that it is decoded at half size
    }

    /**
     * Photographs rotated by EXIF, whose sizes are no multiple of the block that scaled decoding reduces to one
     * pixel.
     */
    @Test
    void rotatedPhotographsAreThoseOfPillow() throws Exception {
        runScript("turned", photographs().subList(0, 1));
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".jpg"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSize(32);
        int exact = compare(files, new Preprocessing(256, SIDE, SIDE), "%s.rgb");
        compare(files, new Preprocessing(64, 56, 56), "%s.56.rgb");
        System.out.println(
                "PillowPhotographsTest " + exact + " of " + files.size() + " rotated ones are identical to Pillow's");
        assertThat(exact).isGreaterThanOrEqualTo(24); // all that are decoded at full size
    }
}
