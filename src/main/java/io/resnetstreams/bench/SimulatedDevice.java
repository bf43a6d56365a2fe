package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A device that waits instead of computing. The times are from MXNet's published throughput of ResNet-50 in fp32 on a V100
 * (batch size 1: 162 images/s, 8: 699, 32: 1,077) and are interpolated between these sizes. Batches run one after another,
 * as on a device with one queue.
 */
public final class SimulatedDevice implements Classifier {
    private static final double[] BATCHES = {1, 8, 32};
    private static final double[] SECONDS = {1 / 162.0, 8 / 699.0, 32 / 1_077.0};

    private final int imageBytes;
    private final int classes;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private long freeAt;

    /** Creates a device for images of this size. */
    public SimulatedDevice(int imageBytes, int classes) {
        this.imageBytes = imageBytes;
        this.classes = classes;
    }

    /** Returns the duration of a batch. */
    static long nanos(int batch) {
        int after = 1;
        while (after < BATCHES.length - 1 && batch > BATCHES[after]) {
            after++;
        }
        double share = (batch - BATCHES[after - 1]) / (BATCHES[after] - BATCHES[after - 1]);
        return (long) ((SECONDS[after - 1] + share * (SECONDS[after] - SECONDS[after - 1])) * 1e9);
    }

    @Override
    public float[][] classify(List<byte[]> images) {
        return begin(images).get();
    }

    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        if (buffer.capacity() < images.size() * imageBytes) {
            buffer = ByteBuffer.allocateDirect(images.size() * imageBytes);
        }
        buffer.clear();
        images.forEach(buffer::put);
        long ends = Math.max(System.nanoTime(), freeAt) + nanos(images.size());
        freeAt = ends;
        return () -> {
            for (long left = ends - System.nanoTime(); left > 0; left = ends - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            float[][] rows = new float[images.size()][classes];
            for (float[] row : rows) {
                row[0] = 1;
            }
            return rows;
        };
    }

    @Override
    public void close() {
        // There are no resources to release.
    }
}
