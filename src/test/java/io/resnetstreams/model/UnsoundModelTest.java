package io.resnetstreams.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.network.EngineName;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A network with unusable outputs is refused when it is loaded; this uses the real engines. */
class UnsoundModelTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"MXNET, NaN", "MXNET, Infinity", "ONNXRUNTIME, NaN", "ONNXRUNTIME, Infinity"})
    void aNetworkWhoseOutputIsNotFiniteIsNotLoaded(EngineName engine, float value) throws Exception {
        ModelWriter.write(folder, TestModels.description(), TestModels.LABELS, parameter -> {
            float[] constant = new float[parameter.size()];
            Arrays.fill(constant, value);
            return constant;
        });
        ModelDirectory model = ModelDirectory.load(folder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceModel.load(engine, model, ComputeDevice.CPU, 1, 4))
                .withMessage("cannot run the model " + folder + ": the network's output has a value of NaN");
    }

    @ParameterizedTest
    @EnumSource
    void theSameNetworkWithParametersThatAreFiniteIsLoaded(EngineName engine) throws Exception {
        TestModels.write(folder);
        try (DeviceModel model = DeviceModel.load(engine, ModelDirectory.load(folder), ComputeDevice.CPU, 1, 4)) {
            model.classifiers().forEach(Classifier::close);
        }
    }
}
