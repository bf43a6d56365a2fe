package io.resnetstreams.bench;

import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Measures and compares the speed of networks with pixels in memory. */
public final class SpeedComparison {
    private static final int COMPARED_ROUNDS = 5;
    private static final int COMPARED_SECONDS = 1;

    private SpeedComparison() {}

    /** Images per second of both models. */
    public record Rates(double before, double after) {
        /** Returns the speed of the second model relative to the first. */
        public double ratio() {
            return after / before;
        }
    }

    /** Measures the models in turn; returns the medians of five rounds. */
    public static Rates measure(DeviceModel before, DeviceModel after, int batchSize) throws Exception {
        byte[] image = new byte[before.imageBytes()];
        Map<String, Double> medians = new Rounds(COMPARED_ROUNDS)
                .add("before", () -> rate(before.classifiers(), image, batchSize, COMPARED_SECONDS))
                .add("after", () -> rate(after.classifiers(), image, batchSize, COMPARED_SECONDS))
                .medians();
        return new Rates(medians.get("before"), medians.get("after"));
    }

    /**
     * Returns the total images per second. As in the pipeline, each classifier has a thread that prepares the next batch
     * while one is running.
     */
    static double rate(List<Classifier> classifiers, byte[] image, int batchSize, int seconds) throws Exception {
        List<byte[]> batch = Collections.nCopies(batchSize, image);
        ExecutorService threads = Executors.newFixedThreadPool(classifiers.size());
        try {
            List<Callable<Double>> tasks = classifiers.stream()
                    .<Callable<Double>>map(classifier -> () -> rate(classifier, batch, seconds))
                    .toList();
            double sum = 0;
            for (Future<Double> rate : threads.invokeAll(tasks)) {
                sum += rate.get();
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }

    private static double rate(Classifier classifier, List<byte[]> batch, int seconds) {
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        long images = 0;
        Supplier<float[][]> running = classifier.begin(batch);
        while (System.nanoTime() < end) {
            Supplier<float[][]> next = classifier.begin(batch);
            images += running.get().length;
            running = next;
        }
        images += running.get().length;
        return images * 1e9 / (System.nanoTime() - start);
    }
}
