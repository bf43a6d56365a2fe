package io.resnetstreams.topology;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;

/** The pipeline with another source and another processor before its sinks, as a later version might have it. */
public final class RenamedPipeline {
    private RenamedPipeline() {}

    /** Makes a pipeline with these settings. */
    public static Pipeline create(PipelineSettings settings, EventClassifier classifier) {
        InFlightBudget budget = new InFlightBudget(settings.inFlight());
        CommitFrontier frontier = new CommitFrontier(budget);
        OutputTopics outputs = Pipeline.outputs(settings);
        Topics topics = settings.topics();
        Topology topology = new Topology()
                .addSource("events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.input())
                .addProcessor(
                        "network",
                        () -> new ClassifyProcessor(
                                topics.input(),
                                classifier,
                                frontier,
                                TopologyMetrics.NONE,
                                Replay.NONE,
                                new OutcomeRecords(outputs, Replay.NONE, System::currentTimeMillis)),
                        "events")
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
        return Pipeline.create(
                settings,
                outputs,
                topology,
                budget,
                frontier,
                new FrontierClientSupplier(
                        frontier,
                        budget,
                        TopologyMetrics.NONE,
                        Replay.NONE,
                        outputs,
                        settings.onGap(),
                        StreamsProperties.maxPollBytes(settings.inFlight())));
    }
}
