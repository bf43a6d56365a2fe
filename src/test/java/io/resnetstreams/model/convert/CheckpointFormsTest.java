package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.StateDictFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One network in the forms in which checkpoints are published. Each form gives the same files as the plain form,
 * graph and parameters, so that it computes the same, or it is refused with advice.
 */
class CheckpointFormsTest {
    private static final List<String> LABELS = List.of("cat", "dog", "frog");

    @TempDir
    private Path folder;

    private final FormulaWeights weights = new FormulaWeights(3);
    private final Map<String, ParameterShape> tensors = StateDictFile.parameters("resnet8", LABELS.size());
    private Path file;

    @BeforeEach
    void path() {
        file = folder.resolve("weights.safetensors");
    }

    private List<String> run(Path checkpoint, Path out) throws Exception {
        return StateDictFile.load(checkpoint, null, LABELS, out);
    }

    private void assertEqualOutputs(Path checkpoint, String... notes) throws Exception {
        Path plain = folder.resolve("plain.safetensors");
        StateDictFile.write(
                plain,
                StateDictFile.parameters("resnet8", LABELS.size()),
                UnaryOperator.identity(),
                "F32",
                weights::values);
        run(plain, folder.resolve("plain"));
        List<String> found = run(checkpoint, folder.resolve("other"));
        for (String part : new String[] {"imported-symbol.json", "imported-0000.params"}) {
            assertThat(folder.resolve("other").resolve(part))
                    .hasSameBinaryContentAs(folder.resolve("plain").resolve(part));
        }
        assertThat(found).hasSize(notes.length);
        for (String note : notes) {
            assertThat(found).anySatisfy(text -> assertThat(text).contains(note));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "module.",
                "_orig_mod.",
                "model.",
                "backbone.",
                "net.",
                "encoder.",
                "state_dict.",
                "_orig_mod.module.",
                "state_dict.model.backbone.",
                "module.module.encoder.net.",
                "student.cnn.",
                "0."
            })
    void prefixesOfAllTensorsAreLeftOutAndNamed(String prefix) throws Exception {
        StateDictFile.write(file, tensors, name -> prefix + name, "F32", weights::values);
        assertEqualOutputs(file, "prefixes removed from the tensors' names: '" + prefix + "'");
    }

    /** Compiling, sharding or checkpointing parts of a network adds these wrappers to the names. */
    @ParameterizedTest
    @ValueSource(strings = {"_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."})
    void wrappersOfPartsAreLeftOutAndNamed(String wrapper) throws Exception {
        StateDictFile.write(
                file,
                tensors,
                name -> name.replaceFirst("^(layer\\d\\.)", "$1" + wrapper)
                        .replaceFirst("(\\d\\.)(conv)", "$1" + wrapper + "$2"),
                "F32",
                weights::values);
        assertEqualOutputs(file, "prefixes removed from the tensors' names: '" + wrapper + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "backbone., head.fc",
        "model.backbone., model.head.fc",
        "backbone., fc",
        "encoder., classifier",
        "module.encoder., module.fc.1",
        "student., linear",
        "enc_q., fc",
        "'', last_linear",
        "'', fc.1",
        "'', head.fc",
        "'', classifier.1",
        "'', linear",
        "'', new_head",
        "module., module.my_classifier.out"
    })
    void headsAndBodiesMayHaveOtherNames(String body, String head) throws Exception {
        StateDictFile.write(
                file,
                tensors,
                name -> name.startsWith("fc.") ? head + name.substring(2) : body + name,
                "F32",
                weights::values);
        int notes = (body.isEmpty() ? 0 : 1) + (head.matches("fc|.*\\bmodule\\.fc") ? 0 : 1);
        String[] expected = {"'" + body + "'", "the dense layer is called '"};
        assertEqualOutputs(file, notes == 2 ? expected : new String[] {body.isEmpty() ? expected[1] : expected[0]});
    }

    @Test
    void shortcutsAreTheProjectionsOfCifarNetworks() throws Exception {
        StateDictFile.write(file, tensors, name -> name.replace(".downsample.", ".shortcut."), "F32", weights::values);
        assertEqualOutputs(file);
    }

    /** Returns the name of a tensor in transformers' modeling_resnet.py. */
    private static String transformersName(String name) {
        String other = name.replaceFirst("^conv1\\.", "embedder.embedder.convolution.")
                .replaceFirst("^bn1\\.", "embedder.embedder.normalization.")
                .replaceFirst("\\.downsample\\.0\\.", ".shortcut.convolution.")
                .replaceFirst("\\.downsample\\.1\\.", ".shortcut.normalization.")
                .replaceFirst("\\.conv1\\.", ".layer.0.convolution.")
                .replaceFirst("\\.conv2\\.", ".layer.1.convolution.")
                .replaceFirst("\\.bn1\\.", ".layer.0.normalization.")
                .replaceFirst("\\.bn2\\.", ".layer.1.normalization.");
        for (int stage = 0; stage < 3; stage++) {
            other = other.replaceFirst("^layer" + (stage + 1) + "\\.", "encoder.stages." + stage + ".layers.");
        }
        return name.startsWith("fc.") ? "classifier.1" + name.substring(2) : "resnet." + other;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "module.", "model."})
    void transformersNamesAreKnown(String prefix) throws Exception {
        StateDictFile.write(file, tensors, name -> prefix + transformersName(name), "F32", weights::values);
        assertEqualOutputs(
                file, "prefixes removed from the tensors' names: '", "the dense layer is called 'classifier.1'");
    }

    @Test
    void countersAreIgnored() throws Exception {
        for (String name : List.of("n_averaged", "module.bn1.num_batches_tracked", "module.total_ops")) {
            tensors.put(name, new ParameterShape("other.bias", ParameterShape.Kind.TRAINED));
        }
        StateDictFile.write(
                file,
                tensors,
                name -> name.startsWith("module.") || name.equals("n_averaged") ? name : "module." + name,
                "F32",
                weights::values);
        assertEqualOutputs(file, "'module.'");
    }

    @Test
    void anAuxiliaryHeadIsLeftOutAndNamed() throws Exception {
        for (String part : List.of("weight", "bias")) {
            tensors.put("aux_head.fc." + part, tensors.get("fc." + part));
        }
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F32", weights::values);
        assertEqualOutputs(file, "aux_head.fc.bias, aux_head.fc.weight");
    }

    @Test
    void doublePrecisionIsRead() throws Exception {
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F64", weights::values);
        assertEqualOutputs(file);
    }

    @Test
    void longMetadataIsSkipped() throws Exception {
        StateDictFile.write(file, tensors, "F32", weights::values, "epoch ".repeat(2_000_000));
        assertEqualOutputs(file);
    }

    @Test
    void shardsAreReadByTheirIndex() throws Exception {
        assertEqualOutputs(StateDictFile.writeShards(folder, tensors.entrySet(), 3, weights::values));
    }

    private void assertRefused(Path checkpoint, String... words) {
        Path out = folder.resolve("refused");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> run(checkpoint, out))
                .withMessageStartingWith(checkpoint + ": ")
                .withMessageContainingAll(words);
        assertThat(out).doesNotExist();
    }

    @Test
    void aShardAloneNamesItsIndex() throws Exception {
        StateDictFile.writeShards(folder, tensors.entrySet(), 2, weights::values);
        assertRefused(
                folder.resolve("model-00001-of-00002.safetensors"), "one of 2 shards", "model.safetensors.index.json");
    }

    @Test
    void aMissingShardIsNamed() throws Exception {
        Path index = StateDictFile.writeShards(folder, tensors.entrySet(), 2, weights::values);
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        assertRefused(index, "model-00002-of-00002.safetensors is missing");
    }

    @Test
    void shardsOfAnotherCheckpointAreRefused() throws Exception {
        Path index = StateDictFile.writeShards(folder, tensors.entrySet(), 2, weights::values);
        Map<String, ParameterShape> other = new LinkedHashMap<>(tensors);
        other.remove("fc.bias");
        StateDictFile.writeShards(folder, other.entrySet(), 2, weights::values);
        tensors.remove("conv1.weight");
        Files.writeString(index, "{\"weight_map\": {\"fc.bias\": \"model-00001-of-00002.safetensors\"}}");
        assertRefused(index, "tensor 'fc.bias' is not in model-00001-of-00002.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.safetensors", "/etc/passwd", "folder/x.safetensors", "x.bin"})
    void anIndexThatNamesFilesElsewhereIsRefused(String shard) throws Exception {
        Path index = Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"fc.bias\": \"" + shard + "\"}}");
        assertRefused(index, "weight_map names '" + shard + "'");
    }

    /** Averaged or distilled copies of a network have the same names with another prefix. */
    @ParameterizedTest
    @CsvSource({"model., model_ema.", "'', ema.", "student., teacher.", "state_dict.module., state_dict_ema.module."})
    void theTensorsOfTwoNetworksAreRefusedByTheirPrefixes(String one, String other) throws Exception {
        Map<String, ParameterShape> both = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> both.put(one + name, tensor));
        tensors.forEach((name, tensor) -> both.put(other + name, tensor));
        StateDictFile.write(file, both, UnaryOperator.identity(), "F32", weights::values);
        assertRefused(
                file, "tensors of 2 networks", "'" + one + "', '" + other + "'", "save the tensors of one network");
    }

    @Test
    void severalHeadsAreRefusedWhateverTheirNames() throws Exception {
        ParameterShape dense = tensors.remove("fc.weight");
        tensors.remove("fc.bias");
        tensors.put("fc_age.weight", dense);
        tensors.put("fc_gender.weight", dense);
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F32", weights::values);
        assertRefused(file, "2 dense layers (fc_age, fc_gender)");
    }

    @Test
    void aHeadOfTwoLayersIsRefused() throws Exception {
        ParameterShape dense = tensors.remove("fc.weight");
        tensors.remove("fc.bias");
        tensors.put("fc.0.weight", dense);
        tensors.put("fc.3.weight", dense);
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F32", weights::values);
        assertRefused(file, "2 dense layers", "fc.0, fc.3");
    }

    @Test
    void aCheckpointWithoutHeadIsRefused() throws Exception {
        tensors.keySet().removeIf(name -> name.startsWith("fc."));
        StateDictFile.write(file, tensors, name -> "encoder." + name, "F32", weights::values);
        assertRefused(file, "no dense layer", "without a classification head");
    }

    static Stream<Arguments> foreignFiles() {
        return Stream.of(
                Arguments.of("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull"),
                Arguments.of("PK\u0003\u0004\0\0\b\b\0\0archive/data.pkl", "PyTorch checkpoint"),
                Arguments.of("PK\u0003\u0004\0\0\b\b\0\0best/data.pkl", "safetensors.torch.save_file"),
                Arguments.of("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.", "a pickle"),
                Arguments.of("\u0080\u0004\u0095", "a pickle"),
                Arguments.of("<!DOCTYPE html>\n<html><head>", "a web page"),
                Arguments.of("\n <html lang=en>", "a web page"),
                Arguments.of("\u00ef\u00bb\u00bf<!doctype HTML>", "a web page"),
                Arguments.of("<!-- saved --><html>", "a web page"),
                Arguments.of("\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF", "a picture"),
                Arguments.of("\u001f\u008b\b\0\0\0\0\0\0\u0003", "gunzip"),
                Arguments.of("\u0089HDF\r\n\u001a\n\0\0", "Keras"),
                Arguments.of("\u0012\u0001\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "NAME-symbol.json"),
                // The first eight bytes, read as the header's length, match the file's size.
                Arguments.of("\u0012\u0001" + "\0".repeat(500), "NAME-symbol.json"),
                Arguments.of("\u001f\u008b\b\0\0\0\0\0" + "\0".repeat(600_000), "gunzip"),
                Arguments.of("PK\u0003\u0004\0\0\b\b\0\0conv1.npy", "a NumPy archive"),
                Arguments.of("PK\u0003\u0004\0\0\b\b\0\0metadata.json", "Keras"),
                Arguments.of("\b\u0007\u0012\u0007pytorch\u001a\u00052.0.1:\0\0\0", "an ONNX model"),
                Arguments.of("\u00ff\u00fe<\0h\0t\0m\0", "UTF-16"),
                Arguments.of("", "empty"),
                Arguments.of("Entry not found", "error message"));
    }

    private Path foreign(String name, String content) throws IOException {
        return Files.write(folder.resolve(name), content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @MethodSource("foreignFiles")
    void aFileThatIsNoSafetensorsFileIsIdentified(String content, String words) throws Exception {
        assertRefused(foreign("weights.safetensors", content), words);
    }

    @Test
    void otherJsonIsIdentifiedByItsFields() throws Exception {
        assertRefused(
                foreign("index.json", "{\"weight_map\": {\"fc.bias\": \"model-1.safetensors\"}}"),
                ".safetensors.index.json");
        assertRefused(
                foreign("pytorch_model.bin.index.json", "{\"weight_map\": {\"fc.bias\": \"pytorch_model-1.bin\"}}"),
                "pickled",
                "safetensors.torch.save_file");
        assertRefused(foreign("net.json", "{\"nodes\": [], \"heads\": []}"), "-symbol.json");
        assertRefused(foreign("config.json", "{\"model_type\": \"resnet\"}"), "import the .safetensors file");
        assertRefused(foreign("model.safetensors.index.json", "{\"metadata\": {}}"), "no weight_map");
    }
}
