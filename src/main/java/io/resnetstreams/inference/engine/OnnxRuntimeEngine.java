package io.resnetstreams.inference.engine;

import ai.djl.Model;
import ai.djl.util.cuda.CudaUtils;
import ai.onnxruntime.OrtProvider;
import io.resnetstreams.common.UnsupportedMachineException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * ONNX Runtime. The workers of a device share one session, and so the weights: with CUDA, each of the batches that it runs at once
 * has a stream of its own. TensorRT runs one batch of a session at a time, so each worker has its own session there.
 */
final class OnnxRuntimeEngine implements InferenceEngine {
    /** One thread computes a worker's batch: as many workers as cores are faster than one worker with all of them. */
    private static final int THREADS = 1;

    /** The words of its allocators for the CPU and for CUDA, of CUDA itself, and of its libraries. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "Failed to allocate memory",
            "is smaller than requested bytes",
            "out of memory",
            "Failed to find a free memory block",
            "bad allocation",
            "bad_alloc",
            "CUBLAS_STATUS_ALLOC_FAILED",
            "CUDNN_STATUS_ALLOC_FAILED",
            "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
            "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED");

    /**
     * The major compute capabilities for which the kernels of version 1.28.0 are built: 6.0, 7.0, 7.5, 8.0, 8.6, 9.0 and 12.0.
     * Each also runs on later ones of the same major number.
     */
    private static final Set<Integer> MAJOR_CAPABILITIES = Set.of(6, 7, 8, 9);

    /** Its kernels for 12.0 are there as PTX too, which drivers translate for whatever is newer. */
    private static final int FIRST_TRANSLATED = 12;

    private final OnnxProviders providers;

    OnnxRuntimeEngine() {
        this(OnnxProviders.CUDA_ALONE);
    }

    OnnxRuntimeEngine(OnnxProviders providers) {
        this.providers = providers;
    }

    @Override
    public EngineName name() {
        return EngineName.ONNXRUNTIME;
    }

    @Override
    public String machineObstacle() {
        try {
            OnnxRuntime.requireLibrary();
            return null;
        } catch (UnsupportedMachineException e) {
            return e.getMessage();
        }
    }

    @Override
    public void requireLibrary() {
        OnnxRuntime.engine();
    }

    @Override
    public Accelerators accelerators() {
        return new Accelerators() {
            @Override
            public int usableGpus() {
                return libraryHasCuda() ? CudaUtils.getGpuCount() : 0;
            }

            @Override
            public boolean libraryHasCuda() {
                return OnnxRuntime.has(OrtProvider.CUDA);
            }

            @Override
            public boolean hasCodeFor(String capability) {
                int major = Integer.parseInt(capability.substring(0, capability.indexOf('.')));
                return major >= FIRST_TRANSLATED || MAJOR_CAPABILITIES.contains(major);
            }

            @Override
            public String capabilities() {
                return "6.0 to 9.x and from 12.0";
            }

            @Override
            public String dockerfile() {
                return "Dockerfile.gpu";
            }
        };
    }

    @Override
    public List<Model> load(ModelDirectory model, ComputeDevice device, int workers, int largestBatch)
            throws IOException {
        boolean hasTensorRt = device.isGpu() && providers.hasTensorRt();
        OnnxModel network = hasTensorRt ? model.onnx() : null;
        int sessions = hasTensorRt ? workers : 1;
        List<Model> models = new ArrayList<>();
        try {
            for (int session = 0; session < sessions; session++) {
                models.add(OnnxRuntime.load(model::writeOnnx, options -> {
                    options.setIntraOpNumThreads(THREADS);
                    options.setInterOpNumThreads(THREADS);
                    if (device.isGpu()) {
                        OnnxSessionOptions.add(options, providers, network, device, largestBatch);
                    }
                }));
            }
            return models;
        } catch (IOException | RuntimeException e) {
            models.forEach(Model::close);
            throw e;
        }
    }

    @Override
    public boolean hasQueue() {
        return false;
    }

    @Override
    public boolean isOutOfMemory(String message) {
        return OUT_OF_MEMORY.stream().anyMatch(message::contains);
    }
}
