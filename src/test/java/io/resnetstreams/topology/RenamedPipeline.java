package io.resnetstreams.topology;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;

/** The pipeline with a renamed source and processor, as in a possible later version. */
public final class RenamedPipeline {
    private RenamedPipeline() {}

    /** Creates a pipeline with these settings. */
    public static Pipeline create(PipelineSettings settings, EventClassifier classifier) {
        Pipeline.Parts parts = Pipeline.Parts.of(settings, TopologyMetrics.NONE, Replay.NONE);
        Topics topics = settings.topics();
        Topology topology = new Topology()
                .addSource("events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.input())
                .addProcessor("network", () -> new ClassifyProcessor(parts, classifier), "events")
                .addSink(
                        ClassifyProcessor.DEAD_LETTERS_SINK,
                        topics.deadLetters(),
                        new ByteArraySerializer(),
                        ClassifyTopology.recordValue(),
                        ClassifyTopology.samePartition(),
                        "network")
                .addSink(
                        ClassifyProcessor.LABELS_SINK,
                        topics.labels(),
                        new ByteArraySerializer(),
                        ClassifyTopology.recordValue(),
                        ClassifyTopology.samePartition(),
                        "network");
        return new Pipeline(settings, parts, topology, Pipeline.clients(settings, parts));
    }
}
