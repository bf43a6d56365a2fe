package io.resnetstreams.faults;

import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.model.Classifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A simulated device with a fixed time per batch and a configurable {@link Behaviour}. The label depends only on the
 * image: it is the first byte modulo the number of classes.
 *
 * <p>Threading: used by one worker.
 */
final class FakeClassifier implements Classifier {
    /** The exit code of a process that its classifier terminated: that of SIGABRT. */
    static final int HALTED = 134;

    private static final int MOST_IMAGES_IN_MEMORY = 4;

    private final Behaviour behaviour;
    private final long nanosPerBatch;
    private final Countdown countdown;
    private float[][] last = new float[0][];

    /** Counts the batches that all classifiers of a process answer before they terminate it or hang. */
    static final class Countdown {
        private int batches;

        Countdown(int batches) {
            this.batches = batches;
        }

        private synchronized boolean isOver() {
            return --batches < 0;
        }
    }

    FakeClassifier(Behaviour behaviour, long nanosPerBatch, Countdown countdown) {
        this.behaviour = behaviour;
        this.nanosPerBatch = nanosPerBatch;
        this.countdown = countdown;
    }

    @Override
    public float[][] classify(List<byte[]> images) {
        if (countdown.isOver()) {
            end();
        }
        if (behaviour == Behaviour.OUT_OF_MEMORY && images.size() > MOST_IMAGES_IN_MEMORY) {
            throw new OutOfDeviceMemoryException(images.size() + " images do not fit", null);
        }
        compute();
        float[][] rows = images.stream().map(FakeClassifier::row).toArray(float[][]::new);
        if (behaviour == Behaviour.EARLY) {
            float[][] early = Arrays.copyOf(last, rows.length);
            for (int i = last.length; i < early.length; i++) {
                early[i] = new float[TestEvents.CLASSES];
            }
            last = rows;
            return early;
        }
        return images.stream().anyMatch(TestEvents::isGuilty) ? misbehaved(images, rows) : rows;
    }

    private void end() {
        if (behaviour == Behaviour.HALTS) {
            Runtime.getRuntime().halt(HALTED);
        }
        while (behaviour == Behaviour.HANGS) {
            LockSupport.park();
        }
    }

    private void compute() {
        long until = System.nanoTime() + nanosPerBatch;
        for (long left = nanosPerBatch; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static float[] row(byte[] image) {
        float[] row = new float[TestEvents.CLASSES];
        row[TestEvents.classOf(image)] = 1;
        return row;
    }

    private float[][] misbehaved(List<byte[]> images, float[][] rows) {
        switch (behaviour) {
            case THROWS -> throw new IllegalStateException("guilty image");
            case WRONG_COUNT -> {
                return Arrays.copyOf(rows, rows.length - 1);
            }
            case NOT_FINITE -> {
                for (int i = 0; i < rows.length; i++) {
                    if (TestEvents.isGuilty(images.get(i))) {
                        rows[i][0] = Float.NaN;
                    }
                }
                return rows;
            }
            default -> {
                return rows;
            }
        }
    }

    @Override
    public void close() {
        // Nothing to release.
    }
}
