package io.resnetstreams.inference.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import io.resnetstreams.model.network.MxNet;
import java.util.List;
import java.util.stream.IntStream;

/** The accelerators of the machine; an interface so that tests can simulate other machines. */
interface Accelerators {
    int usableGpus();

    /** Returns whether the engine's native library was built with CUDA. */
    boolean libraryHasCuda();

    /** Returns the compute capability of each CUDA device of the machine, such as {@code 8.6}. */
    List<String> cudaDevices();

    /** Returns the accelerators of this machine, according to DJL. */
    static Accelerators ofThisMachine() {
        return new Accelerators() {
            @Override
            public int usableGpus() {
                return libraryHasCuda() ? Engine.getEngine(MxNet.engine()).getGpuCount() : 0;
            }

            @Override
            public boolean libraryHasCuda() {
                return Engine.getEngine(MxNet.engine()).hasCapability("CUDA");
            }

            @Override
            public List<String> cudaDevices() {
                return IntStream.range(0, CudaUtils.getGpuCount())
                        .mapToObj(index -> {
                            String digits = CudaUtils.getComputeCapability(index);
                            int minor = digits.length() - 1;
                            return digits.substring(0, minor) + "." + digits.substring(minor);
                        })
                        .toList();
            }
        };
    }

    /** Returns the name of a device in logs and metrics: {@code cpu}, {@code gpu:0}. */
    static String name(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }
}
