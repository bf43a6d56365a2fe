package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photographs come out as Pillow and torchvision make them. The expectations are made by Pillow in the test. */
class PillowPhotographsTest {
    private static final Path PHOTOS = Path.of("..", "shared", "photos");
    private static final Path SCRIPT = Path.of("src", "test", "python", "pillow_expectations.py");
    private static final int SIDE = 224;
    private static final double MOST_MEAN_DIFFERENCE = 1.5;
    private static final int MOST_DIFFERENCE = 12;

    @TempDir
    private Path folder;

    /** Returns a Python that has Pillow: Debian's own, or the path's first. */
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
                // There is no such program.
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

    @Test
    void cropsDifferLittleFromPillows() throws Exception {
        assume(Files.isDirectory(PHOTOS), "the photographs " + PHOTOS + " are not here");
        Optional<String> python = python();
        assume(python.isPresent(), "python3 with Pillow (Debian: python3-pil) is not installed");
        List<Path> photos;
        try (Stream<Path> files = Files.list(PHOTOS)) {
            photos = files.filter(file -> file.toString().endsWith(".JPEG"))
                    .sorted()
                    .toList();
        }
        assertThat(photos).hasSizeGreaterThanOrEqualTo(100);
        List<String> command =
                new ArrayList<>(List.of(python.orElseThrow(), SCRIPT.toString(), "crops", folder.toString()));
        photos.forEach(photo -> command.add(photo.toString()));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(256, SIDE, SIDE));
        int exact = 0;
        for (Path photo : photos) {
            byte[] expected = Files.readAllBytes(folder.resolve(photo.getFileName() + ".rgb"));
            byte[] found = preprocessor.toPixels(Files.readAllBytes(photo));
            assertThat(found).hasSameSizeAs(expected);
            long sum = 0;
            int largest = 0;
            for (int i = 0; i < found.length; i++) {
                int difference = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
                sum += difference;
                largest = Math.max(largest, difference);
            }
            assertThat((double) sum / found.length).as("mean of %s", photo).isLessThanOrEqualTo(MOST_MEAN_DIFFERENCE);
            assertThat(largest).as("largest of %s", photo).isLessThanOrEqualTo(MOST_DIFFERENCE);
            exact += largest == 0 ? 1 : 0;
        }
        System.out.println("PillowPhotographsTest " + exact + " of " + photos.size() + " are bit for bit Pillow's");
    }
}
