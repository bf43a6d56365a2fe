package io.resnetstreams.inference.batch;

import io.resnetstreams.model.Classifier;
import java.util.List;
import java.util.function.Supplier;

/**
 * A worker's classifier, whose watchdog sees how long its present call takes.
 *
 * <p>Threading: the worker classifies, the watchdog looks; each is one thread.
 */
final class WatchedClassifier implements Classifier {
    private final Classifier classifier;
    /** Calls begun and calls ended: odd while one goes on. Only the worker writes it. */
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

    private <T> T watched(Supplier<T> call) {
        steps++;
        try {
            return call.get();
        } finally {
            steps++;
        }
    }

    /**
     * Returns how long the present call has been seen to take, in nanoseconds; 0 between calls and for a call not seen before.
     *
     * @param sinceLastLook how much time counts as passed since this method was last called
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
