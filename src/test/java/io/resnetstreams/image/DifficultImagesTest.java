package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Images that were once decoded wrongly or wrongly rejected: each gives the right pixels or is rejected. */
class DifficultImagesTest {
    private static final Path FOLDER = Path.of("../shared/difficult");
    private static final double TOLERANCE = 2;

    /** What the reason of a rejection must name. */
    private static final Map<String, String> NAMES = Map.of("o_ico.ico", "(ICO)", "o_jp2.jp2", "JPEG 2000");

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(256, 224, 224));

    @TestFactory
    Stream<DynamicTest> asExpected() throws IOException {
        return ExpectedImages.tests(FOLDER, this::check);
    }

    private void check(byte[] file, String[] fields) throws Exception {
        switch (fields[1]) {
            case "label" -> requirePixels(file, fields);
            case "reject" -> assertThatThrownBy(() -> preprocessor.toPixels(file))
                    .isInstanceOf(RejectedEventException.class)
                    .hasMessageContaining(NAMES.getOrDefault(fields[0], ""));
            case "either", "label-or-reject" -> {
                try {
                    preprocessor.toPixels(file);
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
        ExpectedImages.assertSize(image, fields[2], fields[3]);
        ExpectedImages.assertMeans(image, image.width(), image.height(), fields[4], TOLERANCE);
    }
}
