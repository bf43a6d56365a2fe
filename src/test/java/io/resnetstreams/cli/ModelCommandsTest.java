package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands on models share: labels, shares by class, pictures. */
class ModelCommandsTest {
    private static final int[][] COUNTS = {{3, 1}, {0, 0}};

    @TempDir
    private Path folder;

    private Path file(String content) throws Exception {
        return Files.writeString(folder.resolve("synset"), content);
    }

    @Test
    void ofColumnsTheLastIsTheLabel() throws Exception {
        assertThat(SynsetFile.read(file("n01440764\ttench\nn01443537\tgoldfish\n")))
                .containsExactly("tench", "goldfish");
        assertThat(SynsetFile.read(file("great white shark\nhen\n"))).containsExactly("great white shark", "hen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cat\n\ndog\n", "cat\nn1\t\n"})
    void aLineWithoutLabelIsRefused(String content) throws Exception {
        Path file = file(content);
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> SynsetFile.read(file))
                .withMessageContaining("one label a line");
    }

    @Test
    void aClassWithoutImagesHasNoAccuracy() {
        assertThat(ClassAccuracy.of(List.of("cat", "dog"), COUNTS))
                .containsExactly(new ClassAccuracy("cat", 4, 0.75), new ClassAccuracy("dog", 0, 0));
    }

    @Test
    void picturesAreOfTheEndingsFormat() throws Exception {
        Path png = folder.resolve("a").resolve("confusion.PNG");
        Charts.confusion(png, List.of("cat", "dog"), COUNTS);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(800);
        Path svg = folder.resolve("curve.svg");
        Charts.curves(
                svg, "title", "epoch", "error", Map.of("resnet20", new Charts.Curve(new double[] {1, 2}, new double[] {
                    50, 25
                })));
        assertThat(svg).content().contains("<svg", "</svg>");
    }

    @Test
    void anotherEndingIsRefused() {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> Charts.requireFormat("--confusion", Path.of("x.pdf")))
                .withMessage("--confusion x.pdf: its ending must be .svg or .png");
    }

    @Test
    void aLearningCurveHasAPointForEachEpoch() {
        io.resnetstreams.model.ResNetTrainer.Epoch epoch =
                new io.resnetstreams.model.ResNetTrainer.Epoch(1, 2.0, 0.5, 0.25, 0.1, 100, 1);
        Map<String, Charts.Curve> curves = LearningCurve.of(List.of(epoch));
        assertThat(curves.get("held-out images").x()).containsExactly(1);
        assertThat(curves.get("held-out images").y()).containsExactly(0.25);
    }
}
