package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The accuracy that int8 costs, by the command's report. Quantization is forced, since int8 may not be faster on an old
 * processor.
 */
class QuantizedModelIT {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Path FASHION_MNIST = Path.of("/usr/share/datasets/fashion-mnist");
    private static final Path SHARED = Path.of("..", "shared");

    @TempDir
    private Path folder;

    private static void require(Path path) {
        if (!Files.exists(path)) {
            String reason = "skipped: " + path + " is missing";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
    }

    private JsonNode quantize(Path model, Path data, Path out, List<String> more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "model", "quantize", "--model", model.toString(), "--data", data.toString(), "--precision", "int8"));
        arguments.addAll(List.of("--out", out.toString(), "--force", "--json"));
        arguments.addAll(more);
        PrintStream realOut = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            assertThat(Main.commandLine().execute(arguments.toArray(String[]::new)))
                    .isZero();
        } finally {
            System.setOut(realOut);
        }
        return new ObjectMapper().readTree(printed.toString(UTF_8));
    }

    @Test
    @Tag("full") // 10,000 images; the test below covers another network.
    void theBundledModelLosesAtMostThreeTenthsOfAPoint() throws Exception {
        require(FASHION_MNIST);
        Path out = folder.resolve("int8");
        JsonNode report = quantize(MODEL, FASHION_MNIST, out, List.of());
        assertThat(report.get("images").asInt()).isEqualTo(10_000);
        assertThat(report.get("samples").asInt()).isEqualTo(500);
        assertThat(report.get("accuracyAfter").asDouble())
                .isGreaterThanOrEqualTo(report.get("accuracyBefore").asDouble() - 0.003);
        ModelDirectory written = ModelDirectory.load(out);
        assertThat(written.description().precision()).isEqualTo(Precision.INT8);
        assertThat(written.description().provenance().testAccuracy())
                .isEqualTo(report.get("accuracyAfter").asDouble());
    }

    @Test
    void aNetworkForCifarLosesAtMostAPoint() throws Exception {
        assertLosesAtMostAPoint("resnet20");
    }

    @Test
    @Tag("full") // The test above uses the smaller of two networks.
    void aLargerNetworkForCifarLosesAtMostAPoint() throws Exception {
        assertLosesAtMostAPoint("resnet56");
    }

    private void assertLosesAtMostAPoint(String name) throws Exception {
        Path weights = SHARED.resolve("weights").resolve(name + "-cifar10.safetensors");
        require(weights);
        Path synset =
                Files.write(folder.resolve("synset.txt"), List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
        Path model = folder.resolve(name);
        assertThat(Main.commandLine()
                        .execute(
                                "model",
                                "import",
                                weights.toString(),
                                "--synset",
                                synset.toString(),
                                "--out",
                                model.toString()))
                .isZero();
        Path cifar = SHARED.resolve("cifar10");
        JsonNode report = quantize(
                model,
                cifar.resolve("test"),
                folder.resolve("int8"),
                List.of("--expected", cifar.resolve("expected.tsv").toString()));
        assertThat(report.get("images").asInt()).isEqualTo(1_000);
        assertThat(report.get("accuracyAfter").asDouble())
                .isGreaterThanOrEqualTo(report.get("accuracyBefore").asDouble() - 0.01);
    }

    @Test
    void anExistingModelIsNotReplaced() throws Exception {
        assertThat(Main.commandLine()
                        .execute(
                                "model",
                                "quantize",
                                "--model",
                                MODEL.toString(),
                                "--data",
                                "x",
                                "--precision",
                                "int8",
                                "--out",
                                MODEL.toString()))
                .isEqualTo(2);
        assertThat(ModelDirectory.load(MODEL).description().precision()).isEqualTo(Precision.FP32);
    }
}
