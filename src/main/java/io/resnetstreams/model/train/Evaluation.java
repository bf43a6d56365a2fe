package io.resnetstreams.model.train;

import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.data.EvaluationSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Measures the accuracy and the speed of a model on images of known classes. */
public final class Evaluation {
    private static final int TOP = 5;

    private final EvaluationSet set;
    private final int batchSize;
    private final int repeat;
    private final int[] predicted;
    private final AtomicInteger nextBatch = new AtomicInteger();
    private final AtomicInteger right = new AtomicInteger();
    private final AtomicInteger rightAmongTop = new AtomicInteger();

    private Evaluation(EvaluationSet set, int batchSize, int repeat) {
        this.set = set;
        this.batchSize = batchSize;
        this.repeat = repeat;
        this.predicted = new int[set.size()];
    }

    /**
     * The result of an evaluation.
     *
     * @param images number of images classified, including repetitions
     * @param top5 share of images whose true class is among the five most probable
     * @param seconds time from decoding the first image to classifying the last, after a warm-up
     * @param predicted the most probable class of each image, without repetitions
     */
    public record Result(long images, double accuracy, double top5, double seconds, int[] predicted) {
        public double imagesPerSecond() {
            return images / seconds;
        }
    }

    /**
     * Decodes and classifies all images {@code repeat} times, with one thread per classifier, and closes none of them.
     *
     * @throws IllegalArgumentException if an image can't be decoded
     * @throws IllegalStateException if an image's row has a value that is not finite
     */
    public static Result run(EvaluationSet set, List<Classifier> classifiers, int batchSize, int repeat)
            throws InterruptedException {
        return new Evaluation(set, batchSize, repeat).run(classifiers);
    }

    private Result run(List<Classifier> classifiers) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(classifiers.size());
        try {
            int warmUp = Math.min(batchSize, set.size());
            await(threads, classifiers, classifier -> classifyBatch(classifier, 0, warmUp));
            long start = System.nanoTime();
            await(threads, classifiers, this::work);
            double seconds = (System.nanoTime() - start) / 1e9;
            double images = (double) set.size() * repeat;
            return new Result((long) images, right.get() / images, rightAmongTop.get() / images, seconds, predicted);
        } finally {
            threads.shutdownNow();
        }
    }

    private void work(Classifier classifier) {
        int batches = (set.size() + batchSize - 1) / batchSize;
        for (int batch = nextBatch.getAndIncrement(); batch < batches * repeat; batch = nextBatch.getAndIncrement()) {
            int from = batch % batches * batchSize;
            int to = Math.min(set.size(), from + batchSize);
            float[][] rows = classifyBatch(classifier, from, to);
            for (int i = from; i < to; i++) {
                float[] row = rows[i - from];
                count(i, row, row.length - classifier.embeddingLength());
            }
        }
    }

    private float[][] classifyBatch(Classifier classifier, int from, int to) {
        List<byte[]> images = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            images.add(set.pixels(i));
        }
        float[][] rows = ProbabilityRows.oneEach(classifier.classify(images), images.size());
        for (int i = 0; i < rows.length; i++) {
            // NaN compares as not greater, so the image would count as class 0.
            if (!ProbabilityRows.isFinite(rows[i])) {
                throw new IllegalStateException("image " + (from + i)
                        + " of the set: the network's output has a value that is not finite; the network or the device"
                        + " is faulty");
            }
        }
        return rows;
    }

    /** Counts an image, whose row starts with the probabilities of the classes. */
    private void count(int image, float[] row, int classes) {
        int expected = set.classOf(image);
        float own = row[expected];
        int better = 0;
        for (int c = 0; c < classes; c++) {
            better += row[c] > own || row[c] == own && c < expected ? 1 : 0;
        }
        predicted[image] = ProbabilityRows.argmax(row, 0, classes);
        right.addAndGet(better == 0 ? 1 : 0);
        rightAmongTop.addAndGet(better < TOP ? 1 : 0);
    }

    private static void await(ExecutorService threads, List<Classifier> classifiers, Consumer<Classifier> work)
            throws InterruptedException {
        List<Future<?>> futures = new ArrayList<>();
        classifiers.forEach(classifier -> futures.add(threads.submit(() -> work.accept(classifier))));
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
    }
}
