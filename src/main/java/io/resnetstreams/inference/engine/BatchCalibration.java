package io.resnetstreams.inference.engine;

import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ProbabilityRows;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * How fast a device is with batches of each size, measured when a model is loaded. A GPU and a small network want large
 * batches; a large network on a CPU is as fast with few images, whose activations stay in its caches, and each of them
 * waits less.
 *
 * @param imagesPerSecond of one worker, by batch size; the sizes are powers of two, and the largest allowed
 */
public record BatchCalibration(Map<Integer, Double> imagesPerSecond) {
    /** A size is worth its longer batches only if it is faster by more than measuring varies. */
    private static final double AS_GOOD = 0.97;

    private static final int RUNS = 2;
    /** Batches of small networks take less than the clock and the scheduler vary. */
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A large network on a CPU has shown by then what it wants, and somebody waits for the first label. */
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(3);

    public BatchCalibration {
        imagesPerSecond = Collections.unmodifiableMap(new TreeMap<>(imagesPerSecond));
    }

    /**
     * Measures with blank images, from one image upwards, until the largest size, the end of the device's memory, or three
     * seconds. Each size runs once before it counts, since the engine plans its memory then.
     *
     * @param largest the largest batch allowed
     * @param nanoTicker the time in nanoseconds
     * @throws OutOfDeviceMemoryException if not even one image fits
     * @throws IllegalStateException if what comes out are no probabilities
     */
    static BatchCalibration measure(Classifier classifier, int imageBytes, int largest, LongSupplier nanoTicker) {
        byte[] blank = new byte[imageBytes];
        Map<Integer, Double> rates = new TreeMap<>();
        long start = nanoTicker.getAsLong();
        for (int size = 1; size <= largest; size = next(size, largest)) {
            try {
                rates.put(size, rate(classifier, Collections.nCopies(size, blank), nanoTicker));
            } catch (OutOfDeviceMemoryException e) {
                if (rates.isEmpty()) {
                    throw e;
                }
                break;
            }
            if (nanoTicker.getAsLong() - start >= ENOUGH_NANOS) {
                break;
            }
        }
        return new BatchCalibration(rates);
    }

    private static int next(int size, int largest) {
        return size == largest ? largest + 1 : Math.min(2 * size, largest);
    }

    /** Returns images per second of the fastest run. */
    private static double rate(Classifier classifier, List<byte[]> batch, LongSupplier nanoTicker) {
        ProbabilityRows.classify(classifier, batch);
        long fastest = Long.MAX_VALUE;
        long spent = 0;
        for (int run = 0; run < RUNS || spent < SHORTEST_NANOS; run++) {
            long start = nanoTicker.getAsLong();
            classifier.classify(batch);
            long nanos = Math.max(1, nanoTicker.getAsLong() - start);
            fastest = Math.min(fastest, nanos);
            spent += nanos;
        }
        return batch.size() * 1e9 / fastest;
    }

    /** Returns the smallest batch that is as fast as any. */
    public int best() {
        double highest = Collections.max(imagesPerSecond.values());
        return imagesPerSecond.entrySet().stream()
                .filter(size -> size.getValue() >= AS_GOOD * highest)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Returns the most images per second that one worker reached with batches of at most this size. */
    public double imagesPerSecondUpTo(int largest) {
        return imagesPerSecond.entrySet().stream()
                .filter(size -> size.getKey() <= largest)
                .mapToDouble(Map.Entry::getValue)
                .max()
                .orElseThrow();
    }

    /** Returns how long a batch of this size takes at most, by the slowest rate that was measured, in milliseconds. */
    public long longestMillis(int size) {
        return (long) Math.ceil(size * 1_000.0 / Collections.min(imagesPerSecond.values()));
    }

    /** Returns all sizes with their rates, for people. */
    @Override
    public String toString() {
        return imagesPerSecond.entrySet().stream()
                .map(size -> String.format(Locale.ROOT, "%d: %.1f", size.getKey(), size.getValue()))
                .collect(Collectors.joining(", "));
    }
}
