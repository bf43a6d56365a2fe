package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Difficult images from other projects, each with its expected outcome. */
class BadImagesTest {
    private static final Path FOLDER = Path.of("../shared/bad-images");
    private static final double TOLERANCE = 4;

    /**
     * Images that Pillow shows although libjpeg warns of bad Huffman codes; they are rejected whatever the table
     * expects.
     */
    private static final Set<String> DAMAGED = Set.of("pillow_hopper_bad_exif.jpg");

    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(256, 224, 224));

    @TestFactory
    Stream<DynamicTest> asExpected() throws IOException {
        return ExpectedImages.tests(FOLDER, this::check);
    }

    private void check(byte[] file, String[] fields) throws Exception {
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
        int halfWidth = Math.max(1, image.width() / 2);
        int halfHeight = Math.max(1, image.height() / 2);
        ExpectedImages.assertSize(image, fields[2], fields[3]);
        ExpectedImages.assertMeans(image, image.width(), image.height(), fields[4], TOLERANCE);
        ExpectedImages.assertMeans(image, halfWidth, halfHeight, fields[5], TOLERANCE);
        assertThat(preprocessor.toPixels(file)).hasSize(224 * 224 * 3);
    }

    private void checkEither(byte[] file) {
        try {
            assertThat(preprocessor.toPixels(file)).hasSize(224 * 224 * 3);
        } catch (RejectedEventException e) {
            assertThat(e.code()).isNotEmpty();
        }
    }
}
