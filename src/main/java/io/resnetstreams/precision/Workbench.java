package io.resnetstreams.precision;

import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** A model in fp32 on a device, and its conversions beside it, one at a time. Used by one thread. */
public interface Workbench extends AutoCloseable {
    /** Creates a workbench, and loads the model in fp32. */
    @FunctionalInterface
    interface Factory {
        Workbench open() throws IOException;
    }

    /** A loaded model. */
    interface Loaded extends AutoCloseable {
        /** Returns its files, which are there until the workbench is closed. */
        ModelDirectory files();

        /** Returns the most probable class of each image. */
        int[] classes(List<byte[]> images) throws InterruptedException;

        @Override
        void close();
    }

    /** Returns the model in fp32, which the workbench closes. */
    Loaded reference();

    /** Returns what the device may run. */
    List<Candidate> candidates();

    /**
     * Converts and loads the model.
     *
     * @param calibration images for the ranges of int8
     * @throws IllegalArgumentException if it can't be converted or run
     */
    Loaded load(Candidate candidate, String name, List<byte[]> calibration) throws IOException;

    /** Measures the speed of a conversion relative to fp32, both in turn, each at its best batch size. */
    double gain(Loaded conversion) throws InterruptedException, ExecutionException;

    @Override
    void close() throws IOException;
}
