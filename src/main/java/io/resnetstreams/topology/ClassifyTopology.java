package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** The topology: one source, the classifying processor, a sink for labels and one for dead letters. */
public final class ClassifyTopology {
    private static final String SOURCE = "read";
    private static final String PROCESSOR = "classify";

    private ClassifyTopology() {}

    /** Builds it; nothing runs yet. */
    public static Topology build(
            OutputTopics outputs,
            EventClassifier classifier,
            CommitFrontier frontier,
            TopologyMetrics metrics,
            Replay replay) {
        Topics topics = outputs.topics();
        Topology topology = new Topology();
        topology.addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.input());
        topology.addProcessor(
                PROCESSOR,
                () -> new ClassifyProcessor(
                        topics.input(),
                        classifier,
                        frontier,
                        metrics,
                        replay,
                        new OutcomeRecords(outputs, replay, System::currentTimeMillis)),
                SOURCE);
        topology.addSink(
                ClassifyProcessor.LABELS_SINK,
                topics.labels(),
                new ByteArraySerializer(),
                recordValue(),
                samePartition(),
                PROCESSOR);
        topology.addSink(
                ClassifyProcessor.DEAD_LETTERS_SINK,
                topics.deadLetters(),
                new ByteArraySerializer(),
                recordValue(),
                samePartition(),
                PROCESSOR);
        return topology;
    }

    /** Returns how the topology looks with these topics. */
    public static TopologyDescription describe(Topics topics) {
        CommitFrontier unused = new CommitFrontier(new InFlightBudget(new InFlightLimits(1, 1)));
        EventClassifier none = event -> CompletableFuture.failedFuture(new IllegalStateException("not running"));
        return build(new OutputTopics(topics, Long.MAX_VALUE), none, unused, TopologyMetrics.NONE, Replay.NONE)
                .describe();
    }

    /** Outcomes keep the order of their events, since they are written to the partition of the same number. */
    static StreamPartitioner<byte[], Outcome> samePartition() {
        return (topic, key, outcome, partitions) -> Optional.of(Set.of(outcome.sourcePartition() % partitions));
    }

    static Serializer<Outcome> recordValue() {
        return (topic, outcome) -> outcome.recordValue();
    }
}
