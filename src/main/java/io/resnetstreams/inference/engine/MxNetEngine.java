package io.resnetstreams.inference.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.UnsupportedMachineException;
import io.resnetstreams.inference.engine.PixelPacker.PixelBatch;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.MxNet;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * MXNet. Each worker has its own block and parameters: sharing a block gains nothing, and blocks that share parameters
 * occasionally deadlock in MXNet's engine.
 */
final class MxNetEngine implements InferenceEngine {
    /** Folds batch norm and activation into the convolutions: 1.5 times as fast for small images. */
    private static final String CPU_FUSION = "MKLDNN";

    /** An int8 graph is already fused; the fusion does not support fp16. */
    private static final Set<Precision> FUSED = EnumSet.of(Precision.FP32, Precision.BF16);

    private static final String STATIC_ALLOCATION = "ai.djl.mxnet.static_alloc";
    private static final String OUT_OF_MEMORY = "out of memory";

    /** Whether normalisations are folded here; null if that depends on the device. */
    private final Boolean folded;

    MxNetEngine() {
        this(null);
    }

    MxNetEngine(Boolean folded) {
        this.folded = folded;
    }

    @Override
    public EngineName name() {
        return EngineName.MXNET;
    }

    @Override
    public String machineObstacle() {
        try {
            MxNet.requireLibrary();
            return null;
        } catch (UnsupportedMachineException e) {
            return e.getMessage();
        }
    }

    @Override
    public void requireLibrary() {
        MxNet.engine();
    }

    @Override
    public boolean mayUseGpus() {
        return MxNet.mayHaveCuda();
    }

    @Override
    public Accelerators accelerators() {
        Engine engine = Engine.getEngine(MxNet.engine());
        return new Accelerators() {
            @Override
            public int usableGpus() {
                return libraryHasCuda() ? engine.getGpuCount() : 0;
            }

            @Override
            public boolean libraryHasCuda() {
                return engine.hasCapability("CUDA");
            }

            /** MXNet 1.9.1's CUDA 11.2 build. */
            @Override
            public boolean hasCodeFor(String capability) {
                double number = Double.parseDouble(capability);
                return number >= 5.0 && number <= 8.6;
            }

            @Override
            public String capabilities() {
                return "5.0 to 8.6";
            }

            @Override
            public String dockerfile() {
                return "Dockerfile.gpu-mxnet";
            }
        };
    }

    @Override
    public List<Model> load(ModelDirectory model, ComputeDevice device, int workers, int largestBatch)
            throws IOException, ModelNotFoundException, MalformedModelException {
        // The engine itself folds batch norm into the convolutions only on CPUs.
        boolean fold = folded == null ? device.isGpu() : folded;
        if (!fold && model.embeddingLength() == 0) {
            return load(model, model.directory(), device, workers);
        }
        Path folder = Files.createTempDirectory("resnet-streams-network");
        try {
            if (fold) {
                model.writeFolded(folder);
            } else {
                model.writeNetwork(folder);
            }
            return load(model, folder, device, workers);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Loads a model whose graph and parameters are in a folder. */
    private static List<Model> load(ModelDirectory model, Path folder, ComputeDevice device, int workers)
            throws IOException, ModelNotFoundException, MalformedModelException {
        List<Model> models = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                models.add(criteria(model, folder, device).loadModel());
            }
            return models;
        } catch (IOException | ModelNotFoundException | MalformedModelException | RuntimeException e) {
            models.forEach(Model::close);
            throw e;
        }
    }

    private static Criteria<PixelBatch, NDArray> criteria(ModelDirectory model, Path folder, ComputeDevice device) {
        Criteria.Builder<PixelBatch, NDArray> builder = Criteria.builder()
                .setTypes(PixelBatch.class, NDArray.class)
                .optEngine(MxNet.engine())
                .optDevice(device.ofDjl())
                .optModelPath(folder)
                .optModelName(model.name())
                .optTranslator(new DjlClassifier.PixelTranslator(model.preprocessing()));
        if (!device.isGpu() && FUSED.contains(model.description().precision())) {
            builder.optOption("MxOptimizeFor", CPU_FUSION);
        }
        return builder.build();
    }

    @Override
    public void runFirst(ModelDirectory model, Runnable batches) {
        if (model.description().precision() == Precision.INT8) {
            withoutStaticAllocation(batches);
        } else {
            batches.run();
        }
    }

    /**
     * Runs blocks for the first time, when DJL configures the engine, with memory that is allocated for each batch. With static
     * allocation and varying shapes, about one batch in 1,200 of a quantized network returns the same row for all its images
     * (MXNet 1.9.1; none of 16,000 in fp32).
     */
    private static synchronized void withoutStaticAllocation(Runnable firstRun) {
        String before = System.getProperty(STATIC_ALLOCATION);
        System.setProperty(STATIC_ALLOCATION, "false");
        try {
            firstRun.run();
        } finally {
            if (before == null) {
                System.clearProperty(STATIC_ALLOCATION);
            } else {
                System.setProperty(STATIC_ALLOCATION, before);
            }
        }
    }

    @Override
    public boolean hasQueue() {
        return true;
    }

    @Override
    public boolean isOutOfMemory(String message) {
        return message.contains(OUT_OF_MEMORY);
    }
}
