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
 * The throughput of a device by batch size, measured when a model is loaded. GPUs and small networks need large batches. A large
 * network on a CPU is as fast with small ones, whose activations fit into its caches, and their latency is lower.
 *
 * @param imagesPerSecond the throughput of one worker by batch size; the sizes are powers of two and the maximum size
 */
public record BatchCalibration(Map<Integer, Double> imagesPerSecond) {
    /**
     * A larger size must be faster by more than the measurement error. A device takes only the images that wait, so a larger
     * maximum delays images only under load, when throughput counts.
     */
    private static final double EQUALLY_FAST = 0.98;

    /** So many larger sizes in a row that are not faster end the measurement. */
    private static final int MOST_WITHOUT_GAIN = 2;

    /** Of a batch; then one size that is not faster is enough, since larger ones take time, and memory that the engine keeps. */
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int RUNS = 2;
    /** Batches of small networks are so short that the clock and the scheduler would distort a single one. */
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Enough to find the best size of a large network on a CPU, without delaying the start much longer. */
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(3);

    public BatchCalibration {
        imagesPerSecond = Collections.unmodifiableMap(new TreeMap<>(imagesPerSecond));
    }

    /**
     * Measures with blank images, from one image upwards, until the maximum size is reached, one or two larger sizes in a row
     * were not faster, memory runs out, or three seconds have passed. Each size first runs once unmeasured, since the engine plans
     * its memory then.
     *
     * @throws OutOfDeviceMemoryException if not even one image fits
     * @throws IllegalStateException if the output contains no probabilities
     */
    static BatchCalibration measure(Classifier classifier, int imageBytes, int largest, LongSupplier nanoTicker) {
        byte[] blank = new byte[imageBytes];
        Map<Integer, Double> rates = new TreeMap<>();
        long start = nanoTicker.getAsLong();
        double fastest = 0;
        int withoutGain = 0;
        for (int size = 1; size <= largest; size = size == largest ? largest + 1 : Math.min(2 * size, largest)) {
            try {
                rates.put(size, rate(classifier, Collections.nCopies(size, blank), nanoTicker));
            } catch (OutOfDeviceMemoryException e) {
                if (rates.isEmpty()) {
                    throw e;
                }
                break;
            }
            withoutGain = EQUALLY_FAST * rates.get(size) > fastest ? 0 : withoutGain + 1;
            fastest = Math.max(fastest, rates.get(size));
            boolean isLong = size * 1e9 / rates.get(size) >= LONG_NANOS;
            if (withoutGain >= (isLong ? 1 : MOST_WITHOUT_GAIN) || nanoTicker.getAsLong() - start >= ENOUGH_NANOS) {
                break;
            }
        }
        return new BatchCalibration(rates);
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

    /** Returns the smallest batch size with the highest throughput. */
    public int best() {
        double highest = Collections.max(imagesPerSecond.values());
        return imagesPerSecond.entrySet().stream()
                .filter(size -> size.getValue() >= EQUALLY_FAST * highest)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Returns the highest throughput of one worker with batches of at most this size, in images per second. */
    public double imagesPerSecondUpTo(int largest) {
        return imagesPerSecond.entrySet().stream()
                .filter(size -> size.getKey() <= largest)
                .mapToDouble(Map.Entry::getValue)
                .max()
                .orElseThrow();
    }

    /** Returns the longest time for a batch of this size in milliseconds, according to the lowest measured throughput. */
    public long longestMillis(int size) {
        return (long) Math.ceil(size * 1_000.0 / Collections.min(imagesPerSecond.values()));
    }

    /** Returns all sizes with their throughput, for logs. */
    @Override
    public String toString() {
        return imagesPerSecond.entrySet().stream()
                .map(size -> String.format(Locale.ROOT, "%d: %.1f", size.getKey(), size.getValue()))
                .collect(Collectors.joining(", "));
    }
}
