package io.resnetstreams.inference.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.repository.zoo.ModelNotFoundException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** How one of the engines loads and runs models. Thread-safe. */
interface InferenceEngine {
    EngineName name();

    /** Returns why the engine can't run on this machine, or null if it can. Does not load the engine's library. */
    String machineObstacle();

    /** Returns why the engine can't run a model on this machine, or null if it can. */
    default String obstacle(ModelDirectory model) {
        return model.engines().contains(name())
                ? machineObstacle()
                : "the model " + model.directory() + " can't be run by " + name().title() + ", only by "
                        + model.engines().stream().map(EngineName::title).collect(Collectors.joining(", "));
    }

    /** Loads the engine's library; throws an {@link IllegalStateException} if that fails. */
    void requireLibrary();

    /** Returns whether the engine's library may have been built for GPUs. Does not load it. */
    default boolean mayUseGpus() {
        return true;
    }

    /** Returns the GPUs of the machine, as the engine sees them. Loads the engine's library. */
    Accelerators accelerators();

    /**
     * Returns the models that the workers of a device share, at least one and at most one for each worker.
     *
     * @param largestBatch the largest batch that they will get
     */
    List<Model> load(ModelDirectory model, ComputeDevice device, int workers, int largestBatch)
            throws IOException, ModelNotFoundException, MalformedModelException;

    /** Runs the first batches of a loaded model. */
    default void runFirst(ModelDirectory model, Runnable batches) {
        batches.run();
    }

    /** Returns whether a prediction returns before it is computed, because the engine has a queue of its own. */
    boolean hasQueue();

    /** Returns whether the message of a failure says that the device's memory is exhausted. */
    boolean isOutOfMemory(String message);

    /** Returns an engine by its name, with the defaults. */
    static InferenceEngine of(EngineName name) {
        return of(name, OnnxProviders.CUDA_ALONE);
    }

    /** Returns an engine by its name. */
    static InferenceEngine of(EngineName name, OnnxProviders providers) {
        return switch (name) {
            case MXNET -> new MxNetEngine();
            case ONNXRUNTIME -> new OnnxRuntimeEngine(providers);
        };
    }
}
