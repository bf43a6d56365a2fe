package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import io.resnetstreams.inference.engine.DeviceModel;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network with unusable outputs is refused when it is loaded; this uses the real engine. */
class UnsoundModelTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aNetworkWhoseOutputIsNotFiniteIsNotLoaded(float value) throws Exception {
        ModelWriter.write(folder, TestModels.description(), TestModels.LABELS, parameter -> {
            float[] constant = new float[parameter.size()];
            Arrays.fill(constant, value);
            return constant;
        });
        ModelDirectory model = ModelDirectory.load(folder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceModel.load(model, Device.cpu(), 1, 4))
                .withMessage("cannot run the model " + folder + ": the network's output has a value of NaN");
    }

    @Test
    void theSameNetworkWithParametersThatAreFiniteIsLoaded() throws Exception {
        TestModels.write(folder);
        try (DeviceModel model = DeviceModel.load(ModelDirectory.load(folder), Device.cpu(), 1, 4)) {
            model.classifiers().forEach(Classifier::close);
        }
    }
}
