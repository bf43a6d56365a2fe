package io.resnetstreams.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.EngineSelector.Selection;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.SmallNetworks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassificationStackTest {
    private static final int SIDE = 4;

    @TempDir
    private Path folder;

    private static Configuration configuration() {
        return new ConfigurationLoader()
                .set("batch.workersPerDevice", "1", "--set")
                .set("batch.maxSize", "2", "--set")
                .load();
    }

    @ParameterizedTest
    @CsvSource({"true, 64", "false, 0"})
    void allDevicesHaveTheEmbedding(boolean embedding, int length) {
        ModelDirectory model = ClassificationStack.model("models/resnet20-fashion-mnist");
        Selection selection = ClassificationStack.load(configuration(), model, embedding);
        for (DeviceModel loaded : selection.models()) {
            assertThat(loaded.embeddingLength()).isEqualTo(length);
            for (Classifier classifier : loaded.classifiers()) {
                assertThat(classifier.embeddingLength()).isEqualTo(length);
                classifier.close();
            }
            loaded.close();
        }
    }

    @Test
    void aModelWithoutAnEmbeddingIsAUsageError() throws Exception {
        ModelDescription description = new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                "means",
                ModelDescription.OTHER,
                SIDE,
                SIDE,
                0,
                List.of(0.5, 0.5, 0.5),
                List.of(0.5, 0.5, 0.5),
                3,
                Precision.FP32,
                null,
                null,
                null,
                Map.of());
        ModelWriter.write(folder, description, List.of("red", "green", "blue"), SmallNetworks.sound(SIDE));
        ModelDirectory model = ClassificationStack.model(folder.toString());
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> ClassificationStack.load(configuration(), model, true))
                .withMessage("labels.embedding is set, but the model " + folder + " has no embedding, the input of a"
                        + " fully connected layer before the softmax: its classes are the output of the operator"
                        + " GlobalAveragePool 'pooled', not of Gemm or MatMul");
    }
}
