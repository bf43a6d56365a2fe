package io.resnetstreams.topology;

import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.inference.batch.FreeBatcher;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures an event's way through window and batcher, without decoding and network. {@code gc.alloc.rate.norm}
 * comprises the event and its position, its place in the window, two futures and the link between them, its place in
 * the queue, and its share of the batch, but not what the service allocates around decoding.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class WindowAndBatcherBenchmark {
    private static final String TOPIC = "image-events";
    private static final int IN_FLIGHT_BATCHES = 4;
    private static final byte[] NOTHING = {};

    private final Headers headers = new RecordHeaders();
    private FreeBatcher batcher;
    private InFlightWindow window;
    private Outcome label;
    private long offset;

    /** The size of the batches, which are all full. */
    @Param({"1", "8", "32"})
    public int batch;

    /** Starts the batcher. */
    @Setup
    public void start() {
        label = TestEvents.encoded(
                new LabelEvent("id", List.of(), new ModelReference("model", "0"), new SourcePosition(TOPIC, 0, 0, 0)));
        CommitFrontier frontier = new CommitFrontier(new InFlightBudget(new InFlightLimits(1 << 20, 1 << 30)));
        window = frontier.open(new TopicPartition(TOPIC, 0));
        batcher = FreeBatcher.ofFullBatches(batch);
    }

    /** Closes the batcher. */
    @TearDown
    public void close() {
        batcher.close();
    }

    /** Adds an event and removes the oldest ones that have their outcome; waits while four batches are in flight. */
    @Benchmark
    public void event() {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        CompletableFuture<float[]> probabilities = new CompletableFuture<>();
        probabilities.whenComplete((row, failure) -> finish(outcome, failure));
        batcher.submit(probabilities);
        RawEvent event = new RawEvent(new SourcePosition(TOPIC, 0, offset, offset), NOTHING, NOTHING, headers);
        offset++;
        window.add(event, outcome);
        while (window.isHeadFinished() || window.size() >= IN_FLIGHT_BATCHES * batch) {
            window.headOutcome();
            window.removeHead();
        }
    }

    private void finish(CompletableFuture<Outcome> outcome, Throwable failure) {
        if (failure == null) {
            outcome.complete(label);
        } else {
            outcome.completeExceptionally(failure);
        }
    }
}
