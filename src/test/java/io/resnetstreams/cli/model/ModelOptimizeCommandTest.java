package io.resnetstreams.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.cli.CapturedCommand;
import io.resnetstreams.model.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in {@code model optimize}; PrecisionIT runs it. */
class ModelOptimizeCommandTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() throws Exception {
        model = folder.resolve("tiny");
        TestModels.write(model);
    }

    private void assertMistake(String message, String... options) {
        List<String> words = new ArrayList<>(List.of("model", "optimize", "--model", model.toString()));
        words.addAll(List.of(options));
        CapturedCommand command = CapturedCommand.run(words);
        assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
        assertThat(command.err()).contains(message).doesNotContain("\tat ");
        assertThat(folder.toFile().list()).doesNotContain("tiny-precision.json");
    }

    @Test
    void mistakesAreReportedInALine() throws Exception {
        assertMistake("has no samples; --data with a folder of images is needed");
        assertMistake("--data: " + folder.resolve("none") + ": there is no such directory", "--data", folder + "/none");
        assertMistake("precision.samples is 299; allowed are 300 to 10000", "--samples", "299");
        assertMistake("precision.minAgreement is 2.0; it must be greater than 0", "--min-agreement", "2");
        assertMistake("device is 'tpu'; allowed are", "--device", "tpu");
        assertMistake("already exists", "--out", folder.toString());
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.writeString(images.resolve("broken.png"), "this is no image");
        assertMistake("300 different images are needed; " + images + " has 0", "--data", images.toString());
        model = Path.of("models", "resnet20-fashion-mnist-int8");
        assertMistake("is in int8; only models in fp32 can be optimized");
    }
}
