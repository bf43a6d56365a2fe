package io.resnetstreams.inference.batch;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Measures the hand-over from decode threads to a device's worker. Each producer has up to 64 images in flight: it
 * queues one and waits for its oldest. The figures are totals of all producers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BatcherBenchmark {
    private static final int LARGEST_BATCH = 32;
    private static final int IN_FLIGHT = 64;

    private FreeBatcher batcher;

    /** The images of one producer that are in flight, oldest first. */
    @State(Scope.Thread)
    public static class Producer {
        private final ArrayDeque<CompletableFuture<float[]>> inFlight = new ArrayDeque<>();
    }

    /** Starts the batcher. */
    @Setup
    public void start() {
        batcher = FreeBatcher.ofWhatIsThere(LARGEST_BATCH);
    }

    /** Closes the batcher. */
    @TearDown
    public void close() {
        batcher.close();
    }

    @Benchmark
    @Threads(1)
    public float[] oneProducer(Producer producer) {
        return handOver(producer);
    }

    @Benchmark
    @Threads(2)
    public float[] twoProducers(Producer producer) {
        return handOver(producer);
    }

    @Benchmark
    @Threads(8)
    public float[] eightProducers(Producer producer) {
        return handOver(producer);
    }

    private float[] handOver(Producer producer) {
        CompletableFuture<float[]> probabilities = new CompletableFuture<>();
        batcher.submit(probabilities);
        producer.inFlight.addLast(probabilities);
        return producer.inFlight.size() < IN_FLIGHT
                ? null
                : producer.inFlight.removeFirst().join();
    }
}
