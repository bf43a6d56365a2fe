package io.resnetstreams.inference.engine;

import ai.djl.Device;

/**
 * A device that runs networks: the CPU, or a GPU by its CUDA index.
 *
 * @param gpu the index; -1 for the CPU
 */
public record ComputeDevice(int gpu) {
    /** The CPU with all its cores. */
    public static final ComputeDevice CPU = new ComputeDevice(-1);

    public boolean isGpu() {
        return gpu >= 0;
    }

    /** Returns the name in logs and metrics: {@code cpu}, {@code gpu:0}. */
    @Override
    public String toString() {
        return isGpu() ? "gpu:" + gpu : "cpu";
    }

    /** Returns the device in DJL's terms. */
    Device ofDjl() {
        return isGpu() ? Device.gpu(gpu) : Device.cpu();
    }
}
