package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Difficult images of other projects, each with what should become of it. */
class BadImagesTest {
    private static final Path FOLDER = Path.of("../shared/bad-images");
    private static final double TOLERANCE = 4;

    /** Pillow shows them, but libjpeg warns of bad Huffman codes: rejected, whatever is expected. */
    private static final Set<String> DAMAGED = Set.of("pillow_hopper_bad_exif.jpg");

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(256, 224, 224));

    @TestFactory
    Stream<DynamicTest> asExpected() throws IOException {
        Path expected = FOLDER.resolve("expected.tsv");
        if (!Files.exists(expected)) {
            System.out.println("BadImagesTest is skipped: there is no " + expected);
            Assumptions.abort("there is no " + expected);
        }
        return Files.readAllLines(expected).stream()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(fields -> DynamicTest.dynamicTest(fields[1] + " " + fields[0], () -> check(fields)));
    }

    private void check(String[] fields) throws Exception {
        byte[] file = Files.readAllBytes(FOLDER.resolve(fields[0]));
        switch (DAMAGED.contains(fields[0]) ? "reject" : fields[1]) {
            case "label" -> checkLabel(file, fields);
            case "reject" -> assertThatThrownBy(() -> preprocessor.toPixels(file))
                    .isInstanceOf(RejectedEventException.class);
            case "either" -> checkEither(file);
            default -> throw new IllegalArgumentException("unknown expectation " + fields[1]);
        }
    }

    private void checkLabel(byte[] file, String[] fields) throws RejectedEventException {
        DecodedImage image = DecodedImage.of(file);
        assertThat(image.width() + "×" + image.height()).isEqualTo(fields[2] + "×" + fields[3]);
        assertMean(image, image.width(), image.height(), fields[4]);
        assertMean(image, Math.max(1, image.width() / 2), Math.max(1, image.height() / 2), fields[5]);
        assertThat(preprocessor.toPixels(file)).hasSize(224 * 224 * 3);
    }

    private void checkEither(byte[] file) {
        try {
            assertThat(preprocessor.toPixels(file)).hasSize(224 * 224 * 3);
        } catch (RejectedEventException e) {
            assertThat(e.code()).isNotEmpty();
        }
    }

    private static void assertMean(DecodedImage image, int width, int height, String expected) {
        if (expected.equals("-")) {
            return;
        }
        String[] means = expected.split(",");
        for (int channel = 0; channel < 3; channel++) {
            long sum = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    sum += image.rgb()[(y * image.width() + x) * 3 + channel] & 0xFF;
                }
            }
            assertThat((double) sum / width / height)
                    .as("mean of channel %d over %d×%d", channel, width, height)
                    .isCloseTo(Double.parseDouble(means[channel]), within(TOLERANCE));
        }
    }
}
