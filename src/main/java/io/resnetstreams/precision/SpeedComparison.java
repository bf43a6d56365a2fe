package io.resnetstreams.precision;

import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Measures and compares the speed of networks with pixels in memory. */
public final class SpeedComparison {
    private static final int COMPARED_ROUNDS = 5;
    private static final long COMPARED_MILLIS = 1_000;

    private SpeedComparison() {}

    /**
     * Images per second of both models, medians of all rounds.
     *
     * @param ratio the speed of the second model relative to the first, median of the rounds: other load on the machine affects
     *     both models of a round
     */
    public record Rates(double before, double after, double ratio) {}

    /** Measures the models in turn, with batches of this size; returns the medians of five rounds of a second each. */
    public static Rates measure(DeviceModel before, DeviceModel after, int batchSize)
            throws InterruptedException, ExecutionException {
        return measure(before, batchSize, after, batchSize, COMPARED_ROUNDS, COMPARED_MILLIS);
    }

    /** Does the same, each model with its own best batch size. */
    public static Rates measureBest(DeviceModel before, DeviceModel after)
            throws InterruptedException, ExecutionException {
        return measureBest(before, after, COMPARED_ROUNDS, COMPARED_MILLIS);
    }

    /** Does the same with another number of rounds, which take this time each; one more that is not counted comes first. */
    public static Rates measureBest(DeviceModel before, DeviceModel after, int rounds, long millis)
            throws InterruptedException, ExecutionException {
        return measure(
                before, before.calibration().best(), after, after.calibration().best(), rounds, millis);
    }

    private static Rates measure(
            DeviceModel before, int batchBefore, DeviceModel after, int batchAfter, int rounds, long millis)
            throws InterruptedException, ExecutionException {
        byte[] image = new byte[before.imageBytes()];
        List<Double> ratesBefore = new ArrayList<>();
        List<Double> ratesAfter = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            double first = rate(before.classifiers(), image, batchBefore, millis);
            double second = rate(after.classifiers(), image, batchAfter, millis);
            if (round > 0) {
                ratesBefore.add(first);
                ratesAfter.add(second);
                ratios.add(second / first);
            }
        }
        return new Rates(median(ratesBefore), median(ratesAfter), median(ratios));
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /**
     * Returns the total images per second. As in the pipeline, each classifier has a thread that prepares the next batch
     * while one is running.
     */
    public static double rate(List<Classifier> classifiers, byte[] image, int batchSize, long millis)
            throws InterruptedException, ExecutionException {
        List<byte[]> batch = Collections.nCopies(batchSize, image);
        ExecutorService threads = Executors.newFixedThreadPool(classifiers.size());
        try {
            List<Callable<Double>> tasks = classifiers.stream()
                    .<Callable<Double>>map(classifier -> () -> rate(classifier, batch, millis))
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

    private static double rate(Classifier classifier, List<byte[]> batch, long millis) {
        long start = System.nanoTime();
        long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
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
