package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.util.List;
import java.util.function.Supplier;

/** A classifier that can be stalled: it accepts batches, and returns results when the gate is open. */
final class StallableClassifier implements Classifier {
    private final Classifier classifier;
    private final Gate gate;

    StallableClassifier(Classifier classifier, Gate gate) {
        this.classifier = classifier;
        this.gate = gate;
    }

    /** Stalls all classifiers of a device. Thread-safe. */
    static final class Gate {
        private boolean closed;

        synchronized void close() {
            closed = true;
        }

        synchronized void open() {
            closed = false;
            notifyAll();
        }

        private synchronized void pass() {
            try {
                while (closed) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the device was stalled", e);
            }
        }
    }

    @Override
    public float[][] classify(List<byte[]> images) {
        return begin(images).get();
    }

    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        Supplier<float[][]> rows = classifier.begin(images);
        return () -> {
            gate.pass();
            return rows.get();
        };
    }

    @Override
    public void close() {
        classifier.close();
    }
}
