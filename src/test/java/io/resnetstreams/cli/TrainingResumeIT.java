package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.common.Png;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares a training process that is killed in its second epoch of four and resumed with one that is not interrupted.
 */
class TrainingResumeIT {
    private static final int SIDE = 32;
    private static final int IMAGES_PER_CLASS = 64;
    private static final long SEED = 21;

    /**
     * Makes MXNet's engine run operators one at a time. With several threads, the order of additions depends on timing:
     * on a busy machine one training run in seven had parameters that differed in the last bits, and training amplifies
     * such differences.
     */
    private static final Map<String, String> ONE_ORDER = Map.of("MXNET_ENGINE_TYPE", "NaiveEngine");

    @TempDir
    private Path folder;

    private Path images() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Path data = folder.resolve("data");
        for (int label = 0; label < 2; label++) {
            Path classFolder = Files.createDirectories(data.resolve(label == 0 ? "dark" : "bright"));
            for (int i = 0; i < IMAGES_PER_CLASS; i++) {
                byte[] rgb = new byte[SIDE * SIDE * 3];
                for (int k = 0; k < rgb.length; k++) {
                    rgb[k] = (byte) (random.nextInt(160) + 90 * label);
                }
                Files.write(classFolder.resolve(i + ".png"), Png.encodeRgb(rgb, SIDE, SIDE));
            }
        }
        return data;
    }

    private InstanceProcess train(Path data, Path out, String... more) {
        List<String> words = new ArrayList<>(List.of("model", "train", "--epochs", "4", "--warm-up-epochs", "0"));
        words.addAll(List.of("--batch-size", "32", "--data", data.toString(), "--out", out.toString()));
        words.addAll(List.of(more));
        return InstanceProcess.command(ONE_ORDER, words);
    }

    @Test
    void aResumedTrainingResultsInTheSameParameters() throws Exception {
        Path data = images();
        Path whole = folder.resolve("whole").resolve("model");
        Path killed = folder.resolve("killed").resolve("model");
        assertThat(train(data, whole).awaitEnd(Duration.ofSeconds(300))).isZero();
        InstanceProcess first = train(data, killed);
        await().atMost(Duration.ofSeconds(300))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(killed.resolve("checkpoint.zip")));
        first.kill();
        assertThat(killed.resolve("learning-curve.svg")).doesNotExist();
        assertThat(train(data, killed, "--resume").awaitEnd(Duration.ofSeconds(300)))
                .isZero();
        Map<String, float[]> expected = ModelDirectory.load(whole).network().values();
        ModelDirectory.load(killed).network().values().forEach((name, values) -> assertThat(values)
                .as("seed %d, %s", SEED, name)
                .containsExactly(expected.get(name)));
        assertThat(Files.readAllLines(killed.resolve("training-log.jsonl"))).hasSize(4);
        assertThat(killed.resolve("confusion.svg")).exists();
    }
}
