package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    private Path out() {
        return folder.resolve("int8");
    }

    private JsonNode quantize(EngineName engine, Path model, Path data, List<String> more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "model", "quantize", "--model", model.toString(), "--data", data.toString(), "--precision", "int8"));
        arguments.addAll(List.of("--engine", engine.toString(), "--out", out().toString(), "--force", "--json"));
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
        JsonNode report = new ObjectMapper().readTree(printed.toString(UTF_8));
        System.out.printf(
                Locale.ROOT,
                "int8 with %s: %s, %d images: %.2f %% before, %.2f %% after, agreement %.2f %%, images/s %s before, %s after%n",
                engine.title(),
                model.getFileName(),
                report.get("images").asInt(),
                100 * report.get("accuracyBefore").asDouble(),
                100 * report.get("accuracyAfter").asDouble(),
                100 * report.get("agreement").asDouble(),
                report.path("imagesPerSecondBefore"),
                report.path("imagesPerSecondAfter"));
        return report;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("full") // 10,000 images; the test below covers another network.
    void theBundledModelLosesAtMostThreeTenthsOfAPoint(EngineName engine) throws Exception {
        require(FASHION_MNIST);
        JsonNode report = quantize(engine, MODEL, FASHION_MNIST, List.of());
        assertThat(report.get("images").asInt()).isEqualTo(10_000);
        assertThat(report.get("samples").asInt()).isEqualTo(500);
        assertThat(report.get("accuracyAfter").asDouble())
                .isGreaterThanOrEqualTo(report.get("accuracyBefore").asDouble() - 0.003);
        ModelDirectory written = ModelDirectory.load(out());
        assertThat(written.description().precision()).isEqualTo(Precision.INT8);
        assertThat(written.engines()).containsExactly(engine);
        assertThat(written.description().provenance().testAccuracy())
                .isEqualTo(report.get("accuracyAfter").asDouble());
    }

    @ParameterizedTest
    @EnumSource
    void aNetworkForCifarLosesAtMostThreeTenthsOfAPoint(EngineName engine) throws Exception {
        assertLosesAtMostThreeTenthsOfAPoint(engine, "resnet20");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("full") // The test above uses the smaller of two networks.
    void aLargerNetworkForCifarLosesAtMostThreeTenthsOfAPoint(EngineName engine) throws Exception {
        assertLosesAtMostThreeTenthsOfAPoint(engine, "resnet56");
    }

    private void assertLosesAtMostThreeTenthsOfAPoint(EngineName engine, String name) throws Exception {
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
                engine,
                model,
                cifar.resolve("test"),
                List.of("--expected", cifar.resolve("expected.tsv").toString()));
        assertThat(report.get("images").asInt()).isEqualTo(1_000);
        assertThat(report.get("accuracyAfter").asDouble())
                .isGreaterThanOrEqualTo(report.get("accuracyBefore").asDouble() - 0.003);
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
