package io.resnetstreams.inference.engine;

import ai.djl.util.cuda.CudaUtils;
import java.util.List;
import java.util.stream.IntStream;

/** The GPUs of the machine, as an engine sees them; an interface so that tests can simulate other machines. */
interface Accelerators {
    int usableGpus();

    /** Returns whether the engine's native library was built with CUDA. */
    boolean libraryHasCuda();

    /** Returns whether the library has code for a compute capability, such as {@code 8.6}. */
    boolean hasCodeFor(String capability);

    /** Returns the capabilities that {@link #hasCodeFor} accepts, for messages. */
    String capabilities();

    /** Returns the Dockerfile of the image whose library was built with CUDA, for messages. */
    String dockerfile();

    /** Returns the compute capability of each CUDA device of the machine. */
    default List<String> cudaDevices() {
        return IntStream.range(0, CudaUtils.getGpuCount())
                .mapToObj(index -> {
                    String digits = CudaUtils.getComputeCapability(index);
                    int minor = digits.length() - 1;
                    return digits.substring(0, minor) + "." + digits.substring(minor);
                })
                .toList();
    }
}
