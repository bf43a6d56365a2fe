package io.resnetstreams.topology;

import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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

/** Measures the stream thread's own work per event and per commit. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WindowBenchmark {
    private static final String TOPIC = "image-events";
    private static final int PARTITIONS = 6;
    private static final byte[] NOTHING = {};

    private final Headers headers = new RecordHeaders();
    private final Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
    private final ArrayDeque<CompletableFuture<Outcome>> outcomes = new ArrayDeque<>();
    private CommitFrontier frontier;
    private InFlightWindow window;
    private Outcome label;
    private long offset;

    /** The number of events in flight in each partition. */
    @Param({"1", "256"})
    public int inFlight;

    /** Fills the windows of all partitions. */
    @Setup
    public void fill() {
        label = TestEvents.encoded(
                new LabelEvent("id", List.of(), new ModelReference("model", "0"), new SourcePosition(TOPIC, 0, 0, 0)));
        frontier = new CommitFrontier(new InFlightBudget(new InFlightLimits(1 << 20, 1 << 30)));
        for (int partition = 1; partition < PARTITIONS; partition++) {
            InFlightWindow other = frontier.open(new TopicPartition(TOPIC, partition));
            for (int i = 0; i < inFlight; i++) {
                other.add(event(partition, i), new CompletableFuture<>());
            }
            consumed.put(new TopicPartition(TOPIC, partition), new OffsetAndMetadata(inFlight));
        }
        window = frontier.open(new TopicPartition(TOPIC, 0));
        for (int i = 0; i < inFlight; i++) {
            add();
        }
        consumed.put(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(inFlight));
    }

    private RawEvent event(int partition, long at) {
        return new RawEvent(new SourcePosition(TOPIC, partition, at, at), NOTHING, NOTHING, headers);
    }

    private void add() {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        outcomes.addLast(outcome);
        window.add(event(0, offset++), outcome);
    }

    /** Adds an event, including its objects and its future; the oldest one gets its outcome and is removed. */
    @Benchmark
    public Outcome event() {
        add();
        outcomes.removeFirst().complete(label);
        if (!window.isHeadFinished()) {
            throw new IllegalStateException("the oldest event has no outcome");
        }
        Outcome outcome = window.headOutcome();
        window.removeHead();
        return outcome;
    }

    /** Commits six partitions that all have events in flight. */
    @Benchmark
    public Map<TopicPartition, OffsetAndMetadata> commit() {
        return frontier.lower(consumed);
    }
}
