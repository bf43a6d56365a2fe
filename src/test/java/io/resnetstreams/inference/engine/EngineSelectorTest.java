package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.repository.zoo.ModelNotFoundException;
import io.resnetstreams.inference.engine.EngineSelector.Selection;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineSelectorTest {
    private static ModelDirectory model;
    /** The engines whose libraries were loaded. */
    private static List<EngineName> loaded;

    @BeforeAll
    static void load() throws Exception {
        model = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist"));
    }

    /** An engine of another machine. */
    private record Elsewhere(
            InferenceEngine engine,
            String machineObstacle,
            List<String> gpus,
            boolean isNew,
            boolean isSimulated,
            String loadFailure)
            implements InferenceEngine {
        @Override
        public EngineName name() {
            return engine.name();
        }

        @Override
        public void requireLibrary() {
            assertThat(machineObstacle).isNull();
            loaded.add(engine.name());
            engine.requireLibrary();
        }

        @Override
        public boolean mayUseGpus() {
            return !gpus.isEmpty() || engine.mayUseGpus();
        }

        @Override
        public Accelerators accelerators() {
            return new Accelerators() {
                @Override
                public int usableGpus() {
                    return gpus.size();
                }

                @Override
                public boolean libraryHasCuda() {
                    return true;
                }

                @Override
                public boolean hasCodeFor(String capability) {
                    return isNew;
                }

                @Override
                public String capabilities() {
                    return "none of these";
                }

                @Override
                public String dockerfile() {
                    return "Dockerfile.gpu";
                }

                @Override
                public List<String> cudaDevices() {
                    return gpus;
                }
            };
        }

        @Override
        public List<Model> load(ModelDirectory directory, ComputeDevice device, int workers, int largestBatch)
                throws IOException, ModelNotFoundException, MalformedModelException {
            if (loadFailure != null) {
                throw new IllegalStateException(loadFailure);
            }
            return engine.load(directory, isSimulated ? ComputeDevice.CPU : device, workers, largestBatch);
        }

        @Override
        public boolean hasQueue() {
            return engine.hasQueue();
        }

        @Override
        public boolean isOutOfMemory(String message) {
            return engine.isOutOfMemory(message);
        }
    }

    private static Elsewhere onCpu(EngineName name) {
        return new Elsewhere(InferenceEngine.of(name), null, List.of(), true, true, null);
    }

    private static Elsewhere missing(EngineName name, String obstacle) {
        return new Elsewhere(InferenceEngine.of(name), obstacle, List.of(), true, true, null);
    }

    private static Elsewhere withGpu(EngineName name, boolean isNew) {
        return new Elsewhere(InferenceEngine.of(name), null, List.of("9.0"), isNew, true, null);
    }

    private static Elsewhere failing(EngineName name) {
        return new Elsewhere(InferenceEngine.of(name), null, List.of(), true, true, name + " fails");
    }

    private static Selection select(String setting, String device, InferenceEngine... engines) {
        return select(setting, device, Long.MAX_VALUE, engines);
    }

    private static Selection select(String setting, String device, long mostMeasuredBytes, InferenceEngine... engines) {
        loaded = new ArrayList<>();
        Selection selection = new EngineSelector(setting, model, List.of(engines), mostMeasuredBytes)
                .load(model, device, any -> 1, 4);
        selection.models().forEach(loaded -> {
            loaded.classifiers().forEach(Classifier::close);
            loaded.close();
        });
        return selection;
    }

    @Test
    void onTheCpuBothAreMeasured() {
        Selection selection = select("auto", "auto", onCpu(EngineName.MXNET), onCpu(EngineName.ONNXRUNTIME));
        assertThat(selection.reason()).matches("images/s of a worker: MXNet [0-9.]+, ONNX Runtime [0-9.]+");
        assertThat(selection.models()).singleElement().satisfies(loaded -> assertThat(loaded.engine())
                .isEqualTo(selection.engine()));
        assertThat(selection.description())
                .isEqualTo("cpu, " + selection.engine().title() + " (" + selection.reason() + ")");
    }

    @Test
    void aLargeModelIsLoadedOnceWithOnnxRuntime() {
        Selection selection = select("auto", "cpu", 1, onCpu(EngineName.MXNET), onCpu(EngineName.ONNXRUNTIME));
        assertThat(selection.description())
                .isEqualTo("cpu, ONNX Runtime (more than 32 MB of parameters, so speed was not compared)");
        assertThat(loaded).containsExactly(EngineName.ONNXRUNTIME);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE})
    void theEngineThatCanLoadTheModelIsSelected(long mostMeasuredBytes) {
        Selection selection =
                select("auto", "cpu", mostMeasuredBytes, onCpu(EngineName.MXNET), failing(EngineName.ONNXRUNTIME));
        assertThat(selection.engine()).isEqualTo(EngineName.MXNET);
        assertThat(selection.reason()).endsWith("onnxruntime fails");
        selection = select("auto", "cpu", mostMeasuredBytes, failing(EngineName.MXNET), onCpu(EngineName.ONNXRUNTIME));
        assertThat(selection.engine()).isEqualTo(EngineName.ONNXRUNTIME);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE})
    void aModelThatNoEngineCanLoadIsRefusedWithBothReasons(long mostMeasuredBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(
                        "auto", "cpu", mostMeasuredBytes, failing(EngineName.MXNET), failing(EngineName.ONNXRUNTIME)))
                .withMessageContainingAll("mxnet fails", "onnxruntime fails");
    }

    @ParameterizedTest
    @EnumSource
    void aNamedEngineIsNotMeasured(EngineName name) {
        Selection selection = select(name.toString(), "cpu", onCpu(EngineName.MXNET), onCpu(EngineName.ONNXRUNTIME));
        assertThat(selection.engine()).isEqualTo(name);
        assertThat(selection.description()).isEqualTo("cpu, " + name.title());
    }

    @Test
    void theEngineWithALibraryIsSelected() {
        Selection selection = select(
                "auto",
                "auto",
                missing(EngineName.MXNET, "MXNet has no library for Linux on aarch64"),
                onCpu(EngineName.ONNXRUNTIME));
        assertThat(selection.description()).isEqualTo("cpu, ONNX Runtime");
    }

    @Test
    void withoutAnyLibraryTheReasonOfEachIsGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select(
                        "auto", "auto", missing(EngineName.MXNET, "no A"), missing(EngineName.ONNXRUNTIME, "no B")))
                .withMessage("no engine can run the model: no A; no B");
    }

    @Test
    void theEngineThatCanUseTheGpuIsSelected() {
        Selection selection =
                select("auto", "auto", withGpu(EngineName.MXNET, false), withGpu(EngineName.ONNXRUNTIME, true));
        assertThat(selection.description()).isEqualTo("gpu:0, ONNX Runtime");
    }

    @Test
    void aGpuThatFailsIsNotReplacedByTheCpu() {
        InferenceEngine failing =
                new Elsewhere(InferenceEngine.of(EngineName.ONNXRUNTIME), null, List.of("9.0"), true, false, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> select("auto", "auto", onCpu(EngineName.MXNET), failing))
                .withMessageContaining("built without the provider cuda");
    }

    @Test
    void aGpuThatNoEngineCanUseIsRefusedWithBothReasons() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        select("auto", "gpu", withGpu(EngineName.MXNET, false), withGpu(EngineName.ONNXRUNTIME, false)))
                .withMessageContainingAll("for which MXNet is built", "for which ONNX Runtime is built");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AUTO", "tensorflow", "mxnet,onnxruntime"})
    void anUnknownEngineIsRefusedWithWhatIsAllowed(String setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSelector(setting, OnnxProviders.CUDA_ALONE, model))
                .withMessage("engine is '" + setting + "'; allowed are auto, mxnet, onnxruntime");
    }
}
