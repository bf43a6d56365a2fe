package io.resnetstreams.bench;

import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Measures the throughput of classifiers with pixels in memory. */
public final class DeviceLoad {
    private DeviceLoad() {}

    /**
     * Returns the total images per second. As in the pipeline, each classifier has a thread that prepares the next batch
     * while one is running.
     */
    public static double rate(List<Classifier> classifiers, byte[] image, int batchSize, int seconds) throws Exception {
        List<byte[]> batch = Collections.nCopies(batchSize, image);
        ExecutorService threads = Executors.newFixedThreadPool(classifiers.size());
        try {
            List<Callable<Double>> tasks = new ArrayList<>();
            for (Classifier classifier : classifiers) {
                tasks.add(() -> rate(classifier, batch, seconds));
            }
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
