package io.resnetstreams.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.cli.CapturedCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code model export}, and {@code model import} of what it writes. */
class OnnxCommandsTest {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Path SYNSET = MODEL.resolve("synset.txt");

    @TempDir
    private Path folder;

    private Path file;
    private Path out;

    @BeforeEach
    void name() {
        file = folder.resolve("exported.onnx");
        out = folder.resolve("imported");
    }

    private static CapturedCommand run(Object... arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        return CapturedCommand.run(texts);
    }

    private CapturedCommand export(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("model", "export", MODEL, "--out", file));
        arguments.addAll(List.of(more));
        return run(arguments.toArray());
    }

    private CapturedCommand importFile(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("model", "import", file, "--out", out));
        arguments.addAll(List.of(more));
        return run(arguments.toArray());
    }

    private static void assertRejected(CapturedCommand command, String... words) {
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.errorLines()).singleElement().asString().contains(words);
    }

    private static JsonNode labels(Path model) throws Exception {
        Path image = MODEL.resolve("samples").resolve("test-00000.png");
        CapturedCommand command = run("classify", image, "--model", model, "--engine", "onnxruntime", "--json");
        assertThat(command.exitCode()).as(command.err()).isZero();
        return new ObjectMapper().readTree(command.out()).get("labels");
    }

    @Test
    void anExportedNetworkIsImportedAgain() throws Exception {
        assertThat(export().exitCode()).isZero();
        CapturedCommand command = importFile("--synset", SYNSET, "--mean", "0.286", "--std", "0.353");
        assertRejected(command, "must have three values");
        CapturedCommand imported =
                importFile("--synset", SYNSET, "--mean", "0.286,0.286,0.286", "--std", "0.353,0.353,0.353");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        JsonNode shown =
                new ObjectMapper().readTree(run("model", "show", out, "--json").out());
        assertThat(shown.get("precision").asText()).isEqualTo("fp32");
        assertThat(labels(out).at("/0/label")).isEqualTo(labels(MODEL).at("/0/label"));
    }

    private void writeConfig(String more) throws IOException {
        List<String> labels = Files.readAllLines(SYNSET);
        StringJoiner ids = new StringJoiner(",", "{", "}");
        for (int label = 0; label < labels.size(); label++) {
            ids.add("\"" + label + "\": \"" + labels.get(label) + "\"");
        }
        Files.writeString(
                folder.resolve("config.json"), "{\"model_type\": \"mobilenet_v2\", \"id2label\": " + ids + more + "}");
    }

    /** As Hugging Face's Optimum writes them beside a network of any kind. */
    @Test
    void labelsAndPreprocessingComeFromTheFilesOfTransformers() throws Exception {
        assertThat(export().exitCode()).isZero();
        writeConfig("");
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                "{\"do_normalize\": true, \"image_mean\": [0.286, 0.286, 0.286], \"image_std\": [0.353, 0.353, 0.353],"
                        + " \"size\": {\"height\": 28, \"width\": 28}, \"resample\": 2}");
        CapturedCommand imported = importFile();
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out()).doesNotContain("ignored");
        assertThat(labels(out).at("/0/label")).isEqualTo(labels(MODEL).at("/0/label"));
    }

    @Test
    void aNetworkWithSeveralLabelsForAnImageIsRejected() throws Exception {
        assertThat(export().exitCode()).isZero();
        writeConfig(", \"problem_type\": \"multi_label_classification\"");
        assertRejected(importFile("--preprocessing", "imagenet"), "problem_type is 'multi_label_classification'");
    }

    @Test
    void theConfigurationOfTimmIsRead() throws Exception {
        assertThat(export().exitCode()).isZero();
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architecture\": \"mobilenetv2_100\", \"pretrained_cfg\": {\"input_size\": [3, 28, 28],"
                        + " \"crop_pct\": 1.0, \"mean\": [0.286, 0.286, 0.286], \"std\": [0.353, 0.353, 0.353],"
                        + " \"interpolation\": \"bilinear\"}}");
        CapturedCommand imported = importFile("--synset", SYNSET);
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(labels(out).at("/0/label")).isEqualTo(labels(MODEL).at("/0/label"));
    }

    @Test
    void aFileIsNotOverwritten() throws Exception {
        Files.writeString(file, "mine");
        assertRejected(export(), "--out " + file + " already exists");
        assertThat(file).content().isEqualTo("mine");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path missing = folder.resolve("missing");
        assertRejected(
                run("model", "export", MODEL, "--out", missing.resolve("exported.onnx")),
                "there is no directory " + missing);
    }

    @Test
    void whatIsMissingForAnImportIsNamed() {
        assertThat(export().exitCode()).isZero();
        assertRejected(importFile(), "--synset FILE is needed");
        assertRejected(importFile("--synset", SYNSET), "--mean and --std are needed");
        assertRejected(
                importFile("--synset", SYNSET, "--preprocessing", "imagenet", "--architecture", "resnet18"),
                "--architecture can't be used with an ONNX file");
        assertThat(out).doesNotExist();
    }

    @Test
    void rawPixelsAreNoInputOfAnImport() {
        assertThat(export("--input", "pixels").exitCode()).isZero();
        assertRejected(
                importFile("--synset", SYNSET, "--preprocessing", "imagenet"),
                "has the type uint8; float and float16 can be imported");
    }

    @ParameterizedTest
    @ValueSource(strings = {"models/resnet20-fashion-mnist-int8"})
    void aNetworkForMxNetAloneIsNotExported(String model) {
        assertRejected(run("model", "export", model, "--out", file), "MXNet can run the network");
        assertThat(file).doesNotExist();
    }
}
