package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * A folder of images with a table, {@code expected.tsv}, of the name, expected outcome, size and mean colours of
 * each.
 */
final class ExpectedImages {
    private ExpectedImages() {}

    /** Checks one image by the fields of its line. */
    interface Check {
        void of(byte[] file, String[] fields) throws Exception;
    }

    /** Returns a test for each line of the table; if it is missing, the tests are skipped with a message. */
    static Stream<DynamicTest> tests(Path folder, Check check) throws IOException {
        Path table = folder.resolve("expected.tsv");
        if (!Files.exists(table)) {
            System.out.println("skipped: there is no " + table);
            Assumptions.abort("there is no " + table);
        }
        return Files.readAllLines(table).stream()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(fields -> DynamicTest.dynamicTest(
                        fields[1] + " " + fields[0],
                        () -> check.of(Files.readAllBytes(folder.resolve(fields[0])), fields)));
    }

    static void assertSize(DecodedImage image, String width, String height) {
        if (!width.equals("-")) {
            assertThat(image.width() + "×" + image.height()).isEqualTo(width + "×" + height);
        }
    }

    /** @param means the means of red, green and blue over this area at the top left, or "-" for no expectation */
    static void assertMeans(DecodedImage image, int width, int height, String means, double tolerance) {
        for (int channel = 0; channel < 3 && !means.equals("-"); channel++) {
            long sum = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    sum += image.rgb()[(y * image.width() + x) * 3 + channel] & 0xFF;
                }
            }
            assertThat((double) sum / width / height)
                    .as("mean of channel %d over %d×%d", channel, width, height)
                    .isCloseTo(Double.parseDouble(means.split(",")[channel]), within(tolerance));
        }
    }
}
