package io.resnetstreams.topology;

import io.resnetstreams.events.SingleOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** The topology: a source, the processor that classifies, a sink for labels and a sink for dead letters. */
public final class ClassifyTopology {
    private static final String SOURCE = "read";
    private static final String PROCESSOR = "classify";

    private ClassifyTopology() {}

    static Topology build(Pipeline.Parts parts, EventClassifier classifier) {
        Topics topics = parts.outputs().topics();
        Topology topology = new Topology()
                .addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.input())
                .addProcessor(PROCESSOR, () -> new ClassifyProcessor(parts, classifier), SOURCE);
        addSink(topology, ClassifyProcessor.LABELS_SINK, topics.labels());
        addSink(topology, ClassifyProcessor.DEAD_LETTERS_SINK, topics.deadLetters());
        return topology;
    }

    private static void addSink(Topology topology, String name, String topic) {
        topology.addSink(name, topic, new ByteArraySerializer(), recordValue(), samePartition(), PROCESSOR);
    }

    /** Returns the description of the topology with these topics. */
    public static TopologyDescription describe(Topics topics) {
        EventClassifier none = event -> CompletableFuture.failedFuture(new IllegalStateException("not running"));
        Pipeline.Parts unused = new Pipeline.Parts(
                new OutputTopics(topics, Long.MAX_VALUE),
                new CommitFrontier(new InFlightBudget(new InFlightLimits(1, 1))),
                new StreamThreadPolls(Duration.ZERO),
                TopologyMetrics.NONE,
                Replay.NONE);
        return build(unused, none).describe();
    }

    /** Outcomes are written to the partition with the number of their event's, so they keep the order of events. */
    static StreamPartitioner<byte[], SingleOutcome> samePartition() {
        return (topic, key, outcome, partitions) -> Optional.of(Set.of(outcome.sourcePartition() % partitions));
    }

    static Serializer<SingleOutcome> recordValue() {
        return (topic, outcome) -> outcome.recordValue();
    }
}
