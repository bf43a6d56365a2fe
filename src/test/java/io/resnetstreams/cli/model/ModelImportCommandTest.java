package io.resnetstreams.cli.model;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.cli.CapturedCommand;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.SafetensorsSample;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code model import} through its command line: labels, preprocessing, the files next to the checkpoint, and paths.
 */
class ModelImportCommandTest {
    @TempDir
    private Path folder;

    private Path checkpoint;
    private Path synset;
    private Path out;

    @BeforeEach
    void files() throws IOException {
        checkpoint = folder.resolve("model.safetensors");
        SafetensorsSample.write(checkpoint, "resnet8", 3);
        synset = synset("cat\ndog\nfrog\n", UTF_8);
        out = folder.resolve("model");
    }

    private Path synset(String text, Charset charset) throws IOException {
        return Files.write(folder.resolve("synset.txt"), text.getBytes(charset));
    }

    private CapturedCommand run(Path target, Object... more) {
        List<String> arguments =
                new ArrayList<>(List.of("model", "import", checkpoint.toString(), "--out", target.toString()));
        for (Object argument : more) {
            arguments.add(argument.toString());
        }
        return CapturedCommand.run(arguments);
    }

    private JsonNode description() throws IOException {
        return new ObjectMapper().readTree(out.resolve("model.json").toFile());
    }

    private void assertRejected(CapturedCommand command, String... words) {
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.errorLines()).singleElement().asString().contains(words);
        assertThat(out).doesNotExist();
    }

    /** A path with {@code ..}, such as {@code ../models/mine}. */
    @Test
    void pathsMayContainParentDirectories() throws Exception {
        Path upwards =
                Path.of("").toAbsolutePath().relativize(folder.toRealPath().resolve("model"));
        assertThat(upwards.toString()).startsWith("..");
        CapturedCommand command = run(upwards, "--synset", synset);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(ModelDirectory.load(upwards).name()).isEqualTo("model");
        assertThat(CapturedCommand.run("model", "show", upwards.toString()).exitCode())
                .isZero();
        Path winding = folder.resolve("none").resolve("..").resolve("model");
        Files.createDirectories(folder.resolve("none"));
        assertThat(ModelDirectory.load(winding).name()).isEqualTo("model");
    }

    @Test
    void theParentOfAMissingDirectoryMayBeUsed() throws Exception {
        CapturedCommand command = run(folder.resolve("none").resolve("..").resolve("model"), "--synset", synset);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(ModelDirectory.load(out).name()).isEqualTo("model");
    }

    @Test
    void aFileAtThePathOfTheModelIsRejected() {
        assertRejected(run(synset, "--synset", synset), "--out " + synset + ": is a file");
    }

    @ParameterizedTest
    @CsvSource({"my model, my-model", "модель, -", "., _"})
    void theNameIsTheDirectorysWithoutInvalidCharacters(String path, String name) throws Exception {
        Path target = folder.resolve(path);
        CapturedCommand command = run(target, "--synset", synset);
        assertThat(command.exitCode()).as(command.err()).isZero();
        String expected = name.equals("_") ? folder.getFileName().toString() : name;
        assertThat(ModelDirectory.load(target).name()).isEqualTo(expected);
    }

    @Test
    void aByteOrderMarkIsIgnored() throws Exception {
        run(out, "--synset", synset("\ufeffcat\r\ndog\r\nfrog\r\n", UTF_8));
        assertThat(ModelDirectory.load(out).labels()).containsExactly("cat", "dog", "frog");
    }

    @Test
    void labelsInUtf16AreReported() throws Exception {
        assertRejected(run(out, "--synset", synset("\ufeffcat\ndog\nfrog\n", UTF_16LE)), "synset.txt", "UTF-16");
        assertRejected(run(out, "--synset", synset("cat\ndog\nfrog\n", UTF_16LE)), "synset.txt", "UTF-16", "UTF-8");
    }

    @Test
    void emptyLinesAtTheEndAreIgnored() throws Exception {
        run(out, "--synset", synset("n1\tcat\nn2\tdog\nn3\tfrog \n\n \n", UTF_8));
        assertThat(ModelDirectory.load(out).labels()).containsExactly("cat", "dog", "frog");
    }

    @ParameterizedTest
    @CsvSource({
        "'cat\n\ndog\n', line 2 has none",
        "'\ncat\ndog\nfrog\n', line 1 has none",
        "'', is empty",
        "' \n\n', is empty",
        "'[\"cat\",\n\"dog\",\n\"frog\"]\n', is JSON",
        "'{\"0\": \"cat\",\n\"1\": \"dog\",\n\"2\": \"frog\"}', is JSON"
    })
    void anInvalidListOfLabelsIsReported(String text, String words) throws Exception {
        assertRejected(run(out, "--synset", synset(text, UTF_8)), "synset.txt", words);
    }

    /** The wrong format is reported before missing options. */
    @Test
    void aPickledCheckpointIsReportedEvenWithoutASynset() throws Exception {
        checkpoint = Files.write(folder.resolve("resnet.pth"), new byte[] {(byte) 0x80, 2, 'c', 't'});
        assertRejected(run(out), "resnet.pth: is a pickle", "safetensors");
    }

    @Test
    void aSynsetThatIsALfsPointerIsReported() throws Exception {
        Path pointer = synset("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", UTF_8);
        assertRejected(run(out, "--synset", pointer), "synset.txt", "git lfs pull");
    }

    /** The file is larger than any list of labels. */
    @Test
    void aCheckpointInsteadOfLabelsIsReported() throws Exception {
        byte[] pickled = new byte[20_000_000];
        System.arraycopy("PK\u0003\u0004\0\0archive/data.pkl".getBytes(UTF_8), 0, pickled, 0, 22);
        assertRejected(
                run(out, "--synset", Files.write(folder.resolve("resnet18.pth"), pickled)),
                "is not a list of labels but a PyTorch checkpoint");
    }

    @Test
    void aWrongNumberOfLabelsIsRejected() throws Exception {
        assertRejected(run(out, "--synset", synset("cat\n", UTF_8)), "3 classes", "1 labels", "--synset");
    }

    @Test
    void missingLabelsAreReportedWithARemedy() {
        assertRejected(run(out), "--synset FILE is needed", "id2label or label_names");
    }

    @ParameterizedTest
    @CsvSource({
        "'123.675,116.28,103.53', '58.395,57.12,57.375', 0.485, 0.229",
        "'123.675,116.28,103.53', '1,1,1', 0.485, 0.00392156863",
        "'0,0,0', '255,255,255', 0, 1",
        "'0.5,0.5,0.5', '0.25,0.25,0.25', 0.5, 0.25"
    })
    void meanAndDeviationUpTo255AreScaled(String mean, String std, double expectedMean, double expectedStd)
            throws Exception {
        CapturedCommand command = run(out, "--synset", synset, "--mean", mean, "--std", std);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(description().at("/mean/0").asDouble()).isCloseTo(expectedMean, within(1e-6));
        assertThat(description().at("/std/0").asDouble()).isCloseTo(expectedStd, within(1e-6));
        boolean divided = !mean.startsWith("0.5");
        assertThat(command.out().contains("divided by 255")).isEqualTo(divided);
    }

    @Test
    void aMeanAloneIsScaledAndReported() throws Exception {
        assertThat(run(out, "--synset", synset, "--mean", "123.675,116.28,103.53")
                        .out())
                .contains("mean [123.675, 116.28, 103.53] is for pixels between 0 and 255");
        assertThat(description().at("/std/0").asDouble()).isEqualTo(0.229);
    }

    @Test
    void differentScalesAreRejected() {
        assertRejected(
                run(out, "--synset", synset, "--mean", "123.675,116.28,103.53", "--std", "0.229,0.224,0.225"),
                "0.229",
                "both");
        assertRejected(
                run(out, "--synset", synset, "--mean", "0.485,0.456,0.406", "--std", "58.395,57.12,57.375"), "both");
        assertRejected(run(out, "--synset", synset, "--mean=-1,-1,-1"), "mean is", "0 to 1");
    }

    @Test
    void aCropLargerThanTheResizeChangesIt() throws Exception {
        CapturedCommand command = run(out, "--synset", synset, "--preprocessing", "imagenet", "--crop", "288");
        assertThat(command.out()).contains("the short edge is resized to 329", "crop of 288");
        assertThat(description().get("resizeShortEdge").asInt()).isEqualTo(329);
    }

    @Test
    void impossibleSizesAreRejected() {
        assertRejected(run(out, "--synset", synset, "--crop", "0"), "--crop is 0; allowed are 1 to 4096");
        assertRejected(run(out, "--synset", synset, "--resize", "-1"), "--resize is -1; allowed are 0 to 8192");
        assertRejected(run(out, "--synset", synset, "--crop", "288", "--resize", "256"), "288", "black");
    }

    @Test
    void theConfigurationOfTransformersIsUsed() throws Exception {
        SafetensorsSample.write(checkpoint, "resnet50", 3);
        Files.writeString(
                folder.resolve("config.json"),
                "{\"model_type\": \"resnet\", \"downsample_in_bottleneck\": true,"
                        + " \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}");
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                "{\"size\": {\"shortest_edge\": 224}, \"crop_pct\": 0.875, \"image_mean\": [0.5, 0.5, 0.5],"
                        + " \"image_std\": [0.25, 0.25, 0.25]}");
        CapturedCommand command = run(out);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out())
                .contains("the architecture is resnet50_v1", "number of labels: 3", "short edge 256, crop 224");
        assertThat(ModelDirectory.load(out).labels()).containsExactly("a", "b", "c");
        assertThat(description().get("architecture").asText()).isEqualTo("resnet50_v1");
        assertThat(description().at("/mean/0").asDouble()).isEqualTo(0.5);
    }

    @Test
    void theConfigurationOfTimmIsUsedUnlessAnOptionOverridesIt() throws Exception {
        SafetensorsSample.write(checkpoint, "resnet50", 3);
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architecture\": \"resnet50.a1_in1k\", \"num_classes\": 3, \"label_names\": [\"a\", \"b\", \"c\"],"
                        + " \"model_args\": {\"output_stride\": 8}, \"pretrained_cfg\": {\"input_size\": [3, 224, 224],"
                        + " \"test_input_size\": [3, 288, 288], \"crop_pct\": 0.95, \"mean\": [0.5, 0.5, 0.5], \"std\": [0.25, 0.25, 0.25]}}");
        CapturedCommand command = run(out, "--std", "0.2,0.2,0.2");
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out()).contains("test_input_size is 288", "--crop 288");
        assertThat(description().get("architecture").asText()).isEqualTo("resnet50_os8");
        assertThat(description().get("resizeShortEdge").asInt()).isEqualTo(235);
        assertThat(description().at("/mean/0").asDouble()).isEqualTo(0.5);
        assertThat(description().at("/std/0").asDouble()).isEqualTo(0.2);
        assertThat(run(out, "--architecture", "resnet50_v1").out())
                .contains("config.json: the architecture is resnet50_os8; --architecture overrides it", "resnet50_v1");
    }

    /** These networks have the tensors of a ResNet-50 but compute something else. */
    @ParameterizedTest
    @CsvSource({
        "'{\"architecture\": \"resnetblur50\"}', resnetblur50",
        "'{\"architecture\": \"resnet50\", \"global_pool\": \"max\"}', global_pool is",
        "'{\"architecture\": \"resnet50\", \"model_args\": {\"global_pool\": \"avgmax\"}}', model_args.global_pool",
        "'{\"architecture\": \"resnet50\", \"model_args\": {\"act_layer\": \"silu\"}}', act_layer",
        "'{\"model_type\": \"resnet\", \"hidden_act\": \"silu\"}', hidden_act is silu",
        "'{\"model_type\": \"resnet\", \"downsample_in_first_stage\": true}', downsample_in_first_stage",
        "'{\"model_type\": \"vit\"}', vit",
        "'version https://git-lfs.github.com/spec/v1', git lfs pull"
    })
    void configurationsOfOtherNetworksAreRejected(String config, String words) throws Exception {
        Files.writeString(folder.resolve("config.json"), config);
        assertRejected(run(out, "--synset", synset), "config.json", words);
    }

    @Test
    void assumptionsAreReported() throws Exception {
        SafetensorsSample.write(checkpoint, "resnet50", 3);
        assertThat(run(out, "--synset", synset).out())
                .contains("assumed: resnet50", "resnet50_v1, resnet50_os16, resnet50_os8 have the same tensors");
    }
}
