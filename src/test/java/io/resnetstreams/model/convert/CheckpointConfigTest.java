package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.common.InvalidModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what is read about a network's images and labels from its configuration files. */
class CheckpointConfigTest {
    private static final String RESNET = "{'model_type': 'resnet'}";

    @TempDir
    private Path folder;

    private boolean labelsGiven;

    private CheckpointConfig read(String config, String preprocessor) throws Exception {
        Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
        if (preprocessor != null) {
            Files.writeString(folder.resolve("preprocessor_config.json"), preprocessor.replace('\'', '"'));
        }
        return CheckpointConfig.beside(folder.resolve("model.safetensors"), false, labelsGiven);
    }

    private void assertRefused(String config, String preprocessor, String... words) {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> read(config, preprocessor))
                .withMessageContainingAll(words);
    }

    /** Configurations scale pixels to 0 to 255, 0 to 1 or 0 to 2 before applying mean and deviation. */
    @ParameterizedTest
    @CsvSource({
        "'', 0.5, 0.25",
        "'\"do_rescale\": true, \"rescale_factor\": 0.00392156862745098,', 0.5, 0.25",
        "'\"rescale_factor\": 0.00784313725490196,', 0.25, 0.125",
        "'\"do_rescale\": false,', 0.00196, 0.00098",
        "'\"do_normalize\": false,', 0, 1",
        "'\"do_normalize\": false, \"do_rescale\": false,', 0, 0.00392"
    })
    void meanAndDeviationAreOfPixelsOf0To1(String fields, double mean, double std) throws Exception {
        CheckpointConfig config = read(
                RESNET, "{" + fields + "'image_mean': [0.5, 0.5, 0.5], 'image_std': [0.25, 0.25, 0.25], 'size': 224}");
        assertThat(config.mean().get(0)).isCloseTo(mean, within(1e-5));
        assertThat(config.std().get(0)).isCloseTo(std, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"size\": 224, \"crop_pct\": 0.875}', 224, 256",
        "'{\"size\": {\"shortest_edge\": 384}, \"crop_pct\": 0.875}', 384, 0",
        "'{\"size\": {\"height\": 224, \"width\": 224}}', 224, 0",
        "'{\"size\": {\"shortest_edge\": 256}, \"do_center_crop\": true, \"crop_size\": 224}', 224, 256",
        "'{\"size\": {\"height\": 256, \"width\": 256}, \"do_center_crop\": true, \"crop_size\": 224}', 224, 256"
    })
    void sizesOfTransformersProcessorsAreKnown(String preprocessor, int size, int resize) throws Exception {
        CheckpointConfig config = read(RESNET, preprocessor);
        assertThat(config.size()).isEqualTo(size);
        assertThat(config.resize()).isEqualTo(resize);
        assertThat(config.notes()).hasSize(preprocessor.contains("256, \"width\"") ? 1 : 0);
    }

    @Test
    void labelsAreSortedByClass() throws Exception {
        assertThat(read("{'model_type': 'resnet', 'id2label': {'2': 'c', '0': 'a', '1': 'b'}}", null)
                        .labels())
                .containsExactly("a", "b", "c");
        assertThat(read("{'model_type': 'resnet', 'id2label': {'0': ' great white\\nshark ', '1': 7}}", null)
                        .labels())
                .containsExactly("great white shark", "7");
        assertThat(read("{'architecture': 'resnet50', 'label_names': ['a', 'b\\r\\nc']}", null)
                        .labels())
                .containsExactly("a", "b c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model_type': 'resnet', 'id2label': {'1': 'a', '2': 'b'}}",
                "{'model_type': 'resnet', 'id2label': {'0': ' ', '1': 'b'}}",
                "{'model_type': 'resnet', 'id2label': {'0': null, '1': 'b'}}",
                "{'architecture': 'resnet50', 'label_names': ['', 'b']}",
                "{'architecture': 'resnet50', 'label_names': [['a'], 'b']}"
            })
    void aClassWithoutLabelIsNamedUnlessThereAreOthers(String config) throws Exception {
        assertRefused(config, null, "no label for class 0; --synset FILE");
        labelsGiven = true;
        assertThat(read(config, null).labels()).isNull();
    }

    @Test
    void multiLabelNetworksAreRefused() {
        assertRefused(
                "{'model_type': 'resnet', 'problem_type': 'multi_label_classification'}",
                null,
                "problem_type is multi_label_classification; only single_label_classification can be built");
    }

    @ParameterizedTest
    @CsvSource({"2, ''", "3, bicubic", "1, resample is 1"})
    void anotherResamplingIsReported(int resample, String words) throws Exception {
        assertThat(read(RESNET, "{'size': 224, 'resample': " + resample + "}").notes())
                .hasSize(words.isEmpty() ? 0 : 1)
                .allSatisfy(note -> assertThat(note).contains(words));
    }
}
