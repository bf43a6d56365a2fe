package io.resnetstreams.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxRuntimeEngineTest {
    private static final OnnxProviders TENSORRT = OnnxProviders.of("tensorrt, cuda", 2L << 30);

    private static ModelDirectory model;

    @BeforeAll
    static void load() throws Exception {
        model = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist"));
    }

    @Test
    void theProvidersAreReadInTheirOrder() {
        assertThat(TENSORRT.names()).containsExactly(OnnxProviders.Name.TENSORRT, OnnxProviders.Name.CUDA);
        assertThat(OnnxProviders.of("cuda", 0)).isEqualTo(OnnxProviders.CUDA_ALONE);
        assertThat(OnnxProviders.Name.TENSORRT.title()).isEqualTo("TensorRT");
    }

    /** The library on the class path is for CPUs. */
    @ParameterizedTest
    @CsvSource({"cuda, 'cuda'", "tensorrt, 'tensorrt,cuda'"})
    void aProviderThatTheLibraryHasNotIsNamed(String missing, String setting) {
        OnnxRuntimeEngine engine = new OnnxRuntimeEngine(OnnxProviders.of(setting, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.load(model, new ComputeDevice(0), 1, 8))
                .withMessage("ONNX Runtime's library is built without the provider " + missing
                        + " of onnxruntime.providers (Dockerfile.gpu has a library for it)");
        assertThat(engine.accelerators().libraryHasCuda()).isFalse();
        assertThat(engine.accelerators().usableGpus()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.7", "8.9", "9.0", "12.0", "12.1"})
    void thereIsCodeFor(String capability) {
        assertThat(new OnnxRuntimeEngine().accelerators().hasCodeFor(capability))
                .isTrue();
    }

    /** B200 and B300 have 10.0 and 10.3. */
    @ParameterizedTest
    @ValueSource(strings = {"3.7", "5.0", "5.2", "10.0", "10.3", "11.0"})
    void thereIsNoCodeFor(String capability) {
        assertThat(new OnnxRuntimeEngine().accelerators().hasCodeFor(capability))
                .isFalse();
    }

    /** As the libraries of version 1.28.0, CUDA 12.8 and cuDNN 9 say it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error code - ORT_RUNTIME_EXCEPTION - message: Non-zero status code returned while running Conv node."
                        + " Name:'conv0' Status Message: bfc_arena.cc:378 void* onnxruntime::BFCArena::AllocateRawInternal("
                        + "size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 8388608",
                "bfc_arena.cc:358 AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096",
                "cuda_call.cc:129 CUDA failure 2: out of memory ; GPU=0 ; hostname=a ; expr=cudaMalloc((void**)&p, size);",
                "cuda_call.cc:129 CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; expr=cublasCreate(&handle_);",
                "cuda_call.cc:129 CUDNN failure 4004: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ; GPU=0",
                "Exception during initialization: std::bad_alloc",
                "[model optimizer] failed: CUDA error: out of memory"
            })
    void exhaustedMemoryIsRecognised(String message) {
        assertThat(new OnnxRuntimeEngine().isOutOfMemory(message)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=a",
                "CUDNN failure 2000: CUDNN_STATUS_BAD_PARAM ; GPU=0",
                "Got invalid dimensions for input: data for the following indices index: 3 Got: 4 Expected: 3"
            })
    void otherFailuresAreNotTakenForExhaustedMemory(String message) {
        assertThat(new OnnxRuntimeEngine().isOutOfMemory(message)).isFalse();
    }

    @Test
    void theLimitIsCudas() {
        assertThat(OnnxSessionOptions.cuda(OnnxProviders.CUDA_ALONE))
                .containsEntry("arena_extend_strategy", "kSameAsRequested")
                .doesNotContainKey("gpu_mem_limit");
        assertThat(OnnxSessionOptions.cuda(TENSORRT)).containsEntry("gpu_mem_limit", "2147483648");
    }

    @Test
    void tensorRtBuildsOneEngineForAllBatchesAndKeepsIt() throws Exception {
        OnnxModel network = model.onnx();
        assertThat(network.precision()).isEqualTo(Precision.FP32);
        Map<String, String> settings = OnnxSessionOptions.tensorRt(TENSORRT, network, 32);
        assertThat(settings)
                .containsEntry("trt_profile_min_shapes", "data:1x28x28x3")
                .containsEntry("trt_profile_opt_shapes", "data:32x28x28x3")
                .containsEntry("trt_profile_max_shapes", "data:32x28x28x3")
                .containsEntry("trt_max_workspace_size", "2147483648")
                .containsEntry("trt_engine_cache_enable", "1")
                .doesNotContainKey("trt_fp16_enable");
        for (String folder : List.of("trt_engine_cache_path", "trt_timing_cache_path")) {
            assertThat(Files.isDirectory(Path.of(settings.get(folder)))).isTrue();
        }
    }
}
