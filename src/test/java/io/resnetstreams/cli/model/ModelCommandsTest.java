package io.resnetstreams.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.data.SynsetFile;
import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import io.resnetstreams.report.Charts;
import io.resnetstreams.report.Charts.LearningCurve;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code shared by the model commands: labels, accuracy by class, pictures. */
class ModelCommandsTest {
    private static final int[][] COUNTS = {{3, 1}, {0, 0}};

    @TempDir
    private Path folder;

    private Path file(String content) throws Exception {
        return Files.writeString(folder.resolve("synset"), content);
    }

    @Test
    void theLastColumnIsTheLabel() throws Exception {
        assertThat(SynsetFile.read(file("n01440764\ttench\nn01443537\tgoldfish\n")))
                .containsExactly("tench", "goldfish");
        assertThat(SynsetFile.read(file("great white shark\nhen\n"))).containsExactly("great white shark", "hen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cat\n\ndog\n", "cat\nn1\t\n"})
    void aLineWithoutLabelIsRejected(String content) throws Exception {
        Path file = file(content);
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> SynsetFile.read(file))
                .withMessageContaining("one label per line");
    }

    @Test
    void aClassWithoutImagesHasNoAccuracy() {
        assertThat(TrainedModelReport.ClassAccuracy.of(List.of("cat", "dog"), COUNTS))
                .containsExactly(
                        new TrainedModelReport.ClassAccuracy("cat", 4, 0.75),
                        new TrainedModelReport.ClassAccuracy("dog", 0, 0));
    }

    @Test
    void theFileNameSetsThePictureFormat() throws Exception {
        Path png = folder.resolve("a").resolve("confusion.PNG");
        Charts.confusion(png, List.of("cat", "dog"), COUNTS);
        assertThat(ImageIO.read(png.toFile()).getWidth()).isBetween(250, 600);
        Path svg = folder.resolve("curve.svg");
        List<Epoch> log = List.of(new Epoch(1, 2.0, 0.5, 0.25, 0.1, 100, 1), new Epoch(2, 1.0, 0.75, 0.5, 0.1, 100, 1));
        Charts.curves(
                svg,
                "title",
                "error",
                List.of(new LearningCurve("resnet20", log, Epoch::trainAccuracy, Epoch::testAccuracy)));
        assertThat(svg).content().contains("<svg", "</svg>");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 40, 100, 1000})
    void aConfusionPictureNamesClassesAndStaysSmall(int classes) throws Exception {
        List<String> labels = IntStream.range(0, classes)
                .mapToObj(index -> "class " + index + " of a long name")
                .toList();
        // All counts are positive, which is the worst case for the size.
        int[][] counts = new int[classes][classes];
        for (int[] row : counts) {
            Arrays.setAll(row, column -> 1 + column * 31 % 97);
        }
        counts[1][0] = 98;
        for (String ending : List.of("svg", "png")) {
            Path picture = folder.resolve("confusion." + ending);
            Charts.confusion(picture, labels, counts);
            assertThat(Files.size(picture)).as(ending).isLessThan(300_000);
        }
        String svg = Files.readString(folder.resolve("confusion.svg"));
        assertThat(svg).contains("class 0 of a long name", "class 1 of a long name");
        if (classes <= 100) {
            assertThat(svg).contains(labels.get(classes - 1));
        } else {
            assertThat(svg).contains("The 40 largest confusions of 1000 classes", ">98<");
        }
    }

    @Test
    void anUnknownEndingIsRejected() {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> Charts.requireFormat("--confusion", Path.of("x.pdf")))
                .withMessage("--confusion x.pdf: its ending must be .svg or .png");
    }
}
