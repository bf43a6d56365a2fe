package io.resnetstreams.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures what metrics cost the stream thread per event, including its share of a commit. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventMetricsBenchmark {
    /** The events per commit. */
    private static final int EVENTS = 1_000;

    private final PipelineCounts counts = new PipelineCounts();
    private final SourcePosition source = new SourcePosition("image-events", 0, 0, System.currentTimeMillis());
    private final RawEvent event = new RawEvent(source, new byte[8], new byte[1_024], new RecordHeaders());
    private final Outcome label =
            TestEvents.encoded(new LabelEvent("id", List.of(), new ModelReference("model", "0"), source));

    public EventMetricsBenchmark() {
        new EventMetrics(new PrometheusRegistry(), InstantSource.system(), counts);
    }

    /** An event is consumed and gets its label; every {@value #EVENTS} events are committed. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void event() {
        for (int i = 0; i < EVENTS; i++) {
            counts.consumed(event);
            counts.forwarded(event, label);
        }
        counts.committed();
    }
}
