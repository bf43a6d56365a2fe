package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Images that were once wrong, or refused though they are good: right pixels or a dead letter. */
class DifficultImagesTest {
    private static final Path FOLDER = Path.of("../shared/difficult");
    private static final double TOLERANCE = 2;

    /** What the reason must name. */
    private static final Map<String, String> NAMES = Map.of("o_ico.ico", "(ICO)", "o_jp2.jp2", "JPEG 2000");

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(ImageLimits.defaults(), new Preprocessing(256, 224, 224));

    @TestFactory
    Stream<DynamicTest> asExpected() throws IOException {
        Path expected = FOLDER.resolve("expected.tsv");
        if (!Files.exists(expected)) {
            System.out.println("DifficultImagesTest is skipped: there is no " + expected);
            Assumptions.abort("there is no " + expected);
        }
        return Files.readAllLines(expected).stream()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(fields -> DynamicTest.dynamicTest(fields[1] + " " + fields[0], () -> check(fields)));
    }

    private void check(String[] fields) throws Exception {
        byte[] file = Files.readAllBytes(FOLDER.resolve(fields[0]));
        switch (fields[1]) {
            case "label" -> requirePixels(file, fields);
            case "reject" -> assertThatThrownBy(() -> preprocessor.toPixels(file))
                    .isInstanceOf(RejectedEventException.class)
                    .hasMessageContaining(NAMES.getOrDefault(fields[0], ""));
            case "either", "label-or-reject" -> {
                try {
                    DecodedImage.of(file);
                } catch (RejectedEventException e) {
                    assertThat(e.getMessage()).isNotBlank();
                    return;
                }
                requirePixels(file, fields);
            }
            default -> throw new IllegalArgumentException("unknown expectation " + fields[1]);
        }
    }

    private void requirePixels(byte[] file, String[] fields) throws RejectedEventException {
        DecodedImage image = DecodedImage.of(file);
        assertThat(preprocessor.toPixels(file)).hasSize(224 * 224 * 3);
        if (!fields[2].equals("-")) {
            assertThat(image.width() + "×" + image.height()).isEqualTo(fields[2] + "×" + fields[3]);
        }
        for (int channel = 0; channel < 3 && !fields[4].equals("-"); channel++) {
            long sum = 0;
            for (int at = channel; at < image.rgb().length; at += 3) {
                sum += image.rgb()[at] & 0xFF;
            }
            assertThat((double) sum / image.width() / image.height())
                    .as("mean of channel %d", channel)
                    .isCloseTo(Double.parseDouble(fields[4].split(",")[channel]), within(TOLERANCE));
        }
    }
}
