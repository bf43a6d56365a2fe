package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.Digests;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.image.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDirectoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = folder.resolve("model");
        TestModels.write(model);
    }

    private void describe(Consumer<ObjectNode> change) throws IOException {
        Path file = model.resolve("model.json");
        ObjectNode description = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(description);
        JSON.writeValue(file.toFile(), description);
    }

    private void assertRefused(String... fragments) {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> ModelDirectory.load(model))
                .withMessageContainingAll(fragments)
                .satisfies(refusal -> assertThat(refusal.getMessage().lines()).hasSize(1));
    }

    @Test
    void aWrittenModelIsLoaded() throws InvalidModelException {
        ModelDirectory loaded = ModelDirectory.load(model);
        assertThat(loaded.name()).isEqualTo("tiny");
        assertThat(loaded.architecture()).isEqualTo("resnet20");
        assertThat(loaded.labels()).isEqualTo(TestModels.LABELS);
        assertThat(loaded.topK()).isEqualTo(3);
        assertThat(loaded.preprocessing()).isEqualTo(new Preprocessing(0, 2, 2));
        assertThat(loaded.description().licence()).isEqualTo("Apache-2.0");
    }

    @Test
    void theFilesAreNamedAfterTheModel() {
        assertThat(model.resolve("tiny-symbol.json")).isRegularFile();
        assertThat(model.resolve("tiny-0000.params")).isRegularFile();
        assertThat(model.resolve("synset.txt")).isRegularFile();
    }

    @Test
    void theDigestIsThatOfTheFiles() throws IOException, InvalidModelException {
        String digest = ModelDirectory.load(model).digest();
        assertThat(digest).matches("[0-9a-f]{64}");
        TestModels.write(model);
        assertThat(ModelDirectory.load(model).digest()).isEqualTo(digest);
    }

    @Test
    void anEventGetsNoMoreLabelsThanThereAreClasses() throws IOException, InvalidModelException {
        describe(description -> description.put("topK", 500));
        assertThat(ModelDirectory.load(model).topK()).isEqualTo(TestModels.LABELS.size());
    }

    @Test
    void aMissingDirectoryIsNamed() {
        model = folder.resolve("elsewhere");
        assertRefused("model " + model, "there is no such directory");
    }

    @Test
    void aFileInADirectorysPlaceIsNamed() throws IOException {
        model = Files.writeString(model.resolveSibling("resnet50.safetensors"), "");
        assertRefused("model " + model, "is a file", "'model import' makes one");
    }

    /** A clone without Git LFS contains such pointers. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-0000.params", "synset.txt", "model.json"})
    void aPointerInAFilesPlaceIsNamed(String name) throws IOException {
        Files.writeString(model.resolve(name), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
        assertRefused(model.resolve(name) + ": is not ", " but a Git LFS pointer", "git lfs pull");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.json", "tiny-symbol.json", "tiny-0000.params", "synset.txt"})
    void aMissingFileIsNamed(String name) throws IOException {
        Files.delete(model.resolve(name));
        assertRefused("model file " + model.resolve(name) + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-symbol.json", "tiny-0000.params", "synset.txt"})
    void aFileWithAnotherDigestIsNamed(String name) throws IOException {
        Files.writeString(model.resolve(name), "x", StandardOpenOption.APPEND);
        assertRefused("model file " + model.resolve(name) + " has SHA-256 ", "; model.json says ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-symbol.json", "tiny-0000.params", "synset.txt"})
    void aFileWithoutDigestIsNamed(String name) throws IOException {
        describe(description -> ((ObjectNode) description.get("files")).remove(name));
        assertRefused("model.json: files has no digest for " + name);
    }

    @Test
    void anUnknownFormatVersionIsRefused() throws IOException {
        describe(description -> description.put("formatVersion", 2));
        assertRefused("model.json: formatVersion is 2; this version reads 1");
    }

    @Test
    void anUnknownFieldIsNamed() throws IOException {
        describe(description -> description.put("surprise", true));
        assertRefused("model.json", "surprise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/outside", "samples/inside", "", "."})
    void aFileThatIsNotInTheDirectoryIsRefused(String name) throws IOException {
        describe(description -> ((ObjectNode) description.get("files")).put(name, "0"));
        assertRefused("files names '" + name + "', which is not in the directory");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name | \"a/b\" | name is 'a/b'",
                "name | null | name is missing",
                "architecture | \"vgg\" | architecture is 'vgg'; allowed are resnet18",
                "architecture | null | architecture is missing",
                "inputWidth | 0 | inputWidth is 0; allowed are 1 to 4096",
                "inputHeight | 5000 | inputHeight is 5000; allowed are 1 to 4096",
                "resizeShortEdge | -1 | resizeShortEdge is -1; allowed are 0 to",
                "topK | 0 | topK is 0; allowed are 1 to 1000",
                "topK | null | topK",
                "topK | \"many\" | topK",
                "precision | \"fp64\" | precision is 'fp64'; allowed are fp32, fp16, bf16, int8",
                "precision | null | precision is missing",
                "mean | [0.5] | mean is [0.5]",
                "mean | null | mean is missing",
                "std | [1, 0, 1] | std is [1.0, 0.0, 1.0]; each value must be above 0",
                "files | null | files is missing"
            })
    void aBadValueIsRefusedByItsField(String field, String value, String fault) throws IOException {
        describe(description -> {
            try {
                description.set(field, JSON.readTree(value));
            } catch (IOException e) {
                throw new IllegalArgumentException(e);
            }
        });
        assertRefused("model.json: ", fault);
    }

    @Test
    void aMissingFieldIsNamed() throws IOException {
        describe(description -> description.remove("inputWidth"));
        assertRefused("model.json: ", "inputWidth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "{\"formatVersion\": 1", "[]", "null"})
    void aDescriptionThatIsNoJsonObjectIsRefused(String text) throws IOException {
        Files.writeString(model.resolve("model.json"), text);
        assertRefused("model.json: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zero\n\ntwo\n", "zero\n \n"})
    void aSynsetWithoutALabelOnEachLineIsRefused(String synset) throws IOException {
        Path file = model.resolve("synset.txt");
        Files.writeString(file, synset);
        String digest = Digests.of(file);
        describe(description -> ((ObjectNode) description.get("files")).put("synset.txt", digest));
        assertRefused("synset.txt: must have one label per line, without empty lines");
    }

    @Test
    void anIncompleteDirectoryIsRefused() {
        ModelDescription description = TestModels.description();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ModelWriter.write(model, description, List.of("one"), parameter -> null));
        assertRefused("model.json is missing");
    }
}
