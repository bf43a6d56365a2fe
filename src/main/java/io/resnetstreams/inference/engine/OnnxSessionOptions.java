package io.resnetstreams.inference.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds the execution providers of a GPU to the options of a session, or says in one line why that fails. Stateless. */
final class OnnxSessionOptions {
    /** TensorRT's engines, which take minutes to build, are in this folder of the cache. */
    private static final String ENGINES = "tensorrt";

    private OnnxSessionOptions() {}

    /**
     * Adds the providers.
     *
     * @param network for TensorRT; else null
     * @param largestBatch the largest batch that the session will get
     * @throws IllegalArgumentException if the library has no such provider, or it can't be loaded
     */
    static void add(
            SessionOptions options,
            OnnxProviders providers,
            OnnxModel network,
            ComputeDevice device,
            int largestBatch) {
        for (OnnxProviders.Name name : providers.names()) {
            if (!OnnxRuntime.has(name == OnnxProviders.Name.CUDA ? OrtProvider.CUDA : OrtProvider.TENSOR_RT)) {
                throw new IllegalArgumentException("ONNX Runtime's library is built without the provider " + name
                        + " of onnxruntime.providers (Dockerfile.gpu has a library for it)");
            }
            try {
                switch (name) {
                    case CUDA -> addCuda(options, cuda(providers), device);
                    case TENSORRT -> addTensorRt(options, tensorRt(providers, network, largestBatch), device);
                }
            } catch (OrtException | IOException e) {
                throw new IllegalArgumentException(
                        "the provider " + name + " of onnxruntime.providers can't be used: " + reason(e), e);
            }
        }
    }

    private static void addCuda(SessionOptions options, Map<String, String> settings, ComputeDevice device)
            throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.gpu())) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                cuda.add(setting.getKey(), setting.getValue());
            }
            options.addCUDA(cuda);
        }
    }

    private static void addTensorRt(SessionOptions options, Map<String, String> settings, ComputeDevice device)
            throws OrtException {
        try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(device.gpu())) {
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                tensorRt.add(setting.getKey(), setting.getValue());
            }
            options.addTensorrt(tensorRt);
        }
    }

    /** Returns CUDA's settings. */
    static Map<String, String> cuda(OnnxProviders providers) {
        Map<String, String> settings = new LinkedHashMap<>();
        // The default doubles what it takes each time, which would reach a limit, or the memory of other processes,
        // early.
        settings.put("arena_extend_strategy", "kSameAsRequested");
        // The default measures all algorithms for each size of a batch that it has not seen, in the middle of the work.
        settings.put("cudnn_conv_algo_search", "HEURISTIC");
        if (providers.maxGpuMemoryBytes() > 0) {
            settings.put("gpu_mem_limit", Long.toString(providers.maxGpuMemoryBytes()));
        }
        return settings;
    }

    /** Returns TensorRT's settings; creates the folder of its engines. */
    static Map<String, String> tensorRt(OnnxProviders providers, OnnxModel network, int largestBatch)
            throws IOException {
        Path engines = Files.createDirectories(OnnxRuntime.cache().resolve(ENGINES));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("trt_engine_cache_enable", "1");
        settings.put("trt_engine_cache_path", engines.toString());
        settings.put("trt_timing_cache_enable", "1");
        settings.put("trt_timing_cache_path", engines.toString());
        if (network.precision() == Precision.FP16) {
            settings.put("trt_fp16_enable", "1");
        }
        if (network.hasVaryingBatches()) {
            // Otherwise it builds a new engine whenever a batch is larger than all before.
            settings.put("trt_profile_min_shapes", network.inputShape(1));
            settings.put("trt_profile_opt_shapes", network.inputShape(largestBatch));
            settings.put("trt_profile_max_shapes", network.inputShape(largestBatch));
        }
        if (providers.maxGpuMemoryBytes() > 0) {
            settings.put("trt_max_workspace_size", Long.toString(providers.maxGpuMemoryBytes()));
        }
        return settings;
    }

    /** Returns the part of ONNX Runtime's message behind its source file, function and code, without advice. */
    private static String reason(Exception failure) {
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
        int named = first.indexOf("Failed to load");
        return named < 0 ? first.strip() : first.substring(named).strip();
    }
}
