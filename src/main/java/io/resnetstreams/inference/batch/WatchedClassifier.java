package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import java.util.List;
import java.util.function.Supplier;

/**
 * A worker's classifier, which lets the watchdog measure how long the current call takes: one worker thread classifies,
 * one watchdog thread calls {@link #look}.
 */
final class WatchedClassifier implements Classifier {
    private final Classifier classifier;
    /** The number of started plus ended calls: odd during a call. Only the worker writes it. */
    private volatile long steps;

    private long stepsAtLastLook;
    private long nanosInCall;

    WatchedClassifier(Classifier classifier) {
        this.classifier = classifier;
    }

    @Override
    public float[][] classify(List<byte[]> images) {
        return watched(() -> classifier.classify(images));
    }

    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        Supplier<float[][]> rows = watched(() -> classifier.begin(images));
        return () -> watched(rows);
    }

    @Override
    public int embeddingLength() {
        return classifier.embeddingLength();
    }

    private <T> T watched(Supplier<T> call) {
        steps++;
        try {
            return call.get();
        } finally {
            steps++;
        }
    }

    /**
     * Returns how long the current call has been observed, in nanoseconds; 0 between calls and at the first observation.
     *
     * @param sinceLastLook the time that counts as passed since the last call of this method
     */
    long look(long sinceLastLook) {
        long now = steps;
        boolean sameCall = now % 2 == 1 && now == stepsAtLastLook;
        nanosInCall = sameCall ? nanosInCall + sinceLastLook : 0;
        stepsAtLastLook = now;
        return nanosInCall;
    }

    @Override
    public void close() {
        classifier.close();
    }
}
