package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.topology.EventClassifier;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.OnGap;
import io.resnetstreams.topology.Pipeline;
import io.resnetstreams.topology.PipelineSettings;
import io.resnetstreams.topology.RenamedPipeline;
import io.resnetstreams.topology.TopologyMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Instances with the same {@code applicationId} may differ in model, guarantee and topology while they are replaced one
 * at a time, so the id need not change. The pipelines run in this process, with a delayed classifier that ignores the
 * images.
 */
class RollingChangeIT {
    private static final int EVENTS_A_SECOND = 300;
    private static final int EVENTS_A_STEP = 150;
    private static final Duration START = Duration.ofSeconds(300);
    private static final ModelReference OLD = new ModelReference("old", "0".repeat(64));
    private static final ModelReference NEW = new ModelReference("new", "1".repeat(64));
    /** The time of a small batch, so that some events are always in flight. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private static TestCluster cluster;

    private final List<Pipeline> pipelines = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        cluster = TestCluster.start();
    }

    @AfterEach
    void closePipelines() {
        pipelines.forEach(Pipeline::close);
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
    }

    /** Returns the configuration of a pipeline with topics of its own. */
    private static Configuration configuration(String name, int partitions) throws Exception {
        Configuration configuration = new ConfigurationLoader()
                .set("bootstrapServers", cluster.bootstrap(), "test")
                .set("applicationId", name, "test")
                .set("topics.input", name + "-events", "test")
                .set("topics.labels", name + "-labels", "test")
                .set("topics.deadLetters", name + "-dlq", "test")
                .set("topics.partitions", Integer.toString(partitions), "test")
                // A busy machine must not cause session timeouts.
                .set("kafka.main.consumer.session.timeout.ms", "60000", "test")
                .set("kafka.producer.transaction.timeout.ms", "60000", "test")
                // Consumers and producers detect an added partition quickly.
                .set("kafka.main.consumer.metadata.max.age.ms", "500", "test")
                .set("kafka.producer.metadata.max.age.ms", "500", "test")
                .load();
        TopicCreation.create(new KafkaClients(configuration.connection()));
        return configuration;
    }

    private static EventClassifier classifier(ModelReference model) {
        return event -> CompletableFuture.supplyAsync(() -> label(event, model), LATER);
    }

    private static Outcome label(RawEvent event, ModelReference model) {
        return LabelEncoder.JSON.encode(
                event, new LabelEvent("id", List.of(new LabelEvent.Label("label", 0, 1)), model, event.source()));
    }

    private static PipelineSettings settings(Configuration configuration, Guarantee guarantee) {
        PipelineSettings settings = configuration.pipelineSettings();
        return new PipelineSettings(
                settings.applicationId(),
                settings.bootstrapServers(),
                settings.topics(),
                guarantee,
                settings.streamThreads(),
                settings.maxMessageBytes(),
                settings.inFlight(),
                OnGap.WARN,
                settings.shutdownTimeout(),
                settings.kafka());
    }

    private static Pipeline pipeline(Configuration configuration, Guarantee guarantee, ModelReference model) {
        return Pipeline.create(settings(configuration, guarantee), classifier(model), TopologyMetrics.NONE);
    }

    private static Pipeline started(Pipeline pipeline) throws InterruptedException {
        pipeline.start();
        assertThat(pipeline.awaitRunning(START)).isTrue();
        return pipeline;
    }

    private void start(int instances, Supplier<Pipeline> next) throws InterruptedException {
        for (int i = 0; i < instances; i++) {
            pipelines.add(started(next.get()));
        }
    }

    /** Replaces the pipelines one by one, each after the previous one has partitions. */
    private void replaceAll(SteadyEvents events, Supplier<Pipeline> next) throws InterruptedException {
        for (int i = 0; i < pipelines.size(); i++) {
            pipelines.get(i).close();
            Pipeline replacement = started(next.get());
            pipelines.set(i, replacement);
            await().atMost(START).until(() -> !replacement.ownPartitions().isEmpty());
            events.awaitMore(EVENTS_A_STEP);
        }
    }

    private OutcomeFollower.Snapshot stopAndCheck(SteadyEvents events) throws InterruptedException {
        events.settle();
        pipelines.forEach(Pipeline::close);
        OutcomeFollower.Snapshot outcomes = events.finish();
        assertThat(outcomes.lost()).isZero();
        assertThat(outcomes.outOfOrder()).isZero();
        return outcomes;
    }

    private void stopWithoutDuplicates(SteadyEvents events) throws InterruptedException {
        assertThat(stopAndCheck(events).duplicates()).isZero();
    }

    /**
     * Each partition has labels of the old model and then only of the new one, so it is never reassigned to an old
     * instance.
     */
    @Test
    void threeInstancesChangeTheirModelOneByOne() throws Exception {
        Configuration configuration = configuration("model", 12);
        Guarantee guarantee = Guarantee.EXACTLY_ONCE_V2;
        try (SteadyEvents events = SteadyEvents.ofBytes(configuration, EVENTS_A_SECOND)) {
            start(3, () -> pipeline(configuration, guarantee, OLD));
            events.awaitMore(EVENTS_A_STEP);
            replaceAll(events, () -> pipeline(configuration, guarantee, NEW));
            stopWithoutDuplicates(events);
        }
        Map<Integer, List<String>> sequences = LabelDigests.read(configuration).sequences();
        System.out.println("models by partition: " + sequences.toString().replaceAll("(.)\\1{63}", "$1"));
        assertThat(sequences).hasSize(12);
        assertThat(sequences.values())
                .allSatisfy(sequence -> assertThat(sequence).containsExactly(OLD.digest(), NEW.digest()));
    }

    /**
     * Duplicates are allowed: with at_least_once an instance that takes over does not wait for offsets of a transaction
     * that is completing.
     */
    @Test
    void theGuaranteeIsSwitchedAndSwitchedBack() throws Exception {
        Configuration configuration = configuration("guarantee", 6);
        try (SteadyEvents events = SteadyEvents.ofBytes(configuration, EVENTS_A_SECOND)) {
            start(2, () -> pipeline(configuration, Guarantee.EXACTLY_ONCE_V2, OLD));
            events.awaitMore(EVENTS_A_STEP);
            replaceAll(events, () -> pipeline(configuration, Guarantee.AT_LEAST_ONCE, OLD));
            replaceAll(events, () -> pipeline(configuration, Guarantee.EXACTLY_ONCE_V2, OLD));
            System.out.println("switched to at_least_once and back: " + stopAndCheck(events));
        }
    }

    @Test
    void partitionsAreAddedToATopicInUse() throws Exception {
        Configuration configuration = configuration("partitions", 3);
        try (Admin admin = cluster.clients().admin()) {
            // The outputs must grow first, since an outcome is written to the partition with its event's number.
            grow(admin, configuration.topics().labels());
            grow(admin, configuration.topics().deadLetters());
            try (SteadyEvents events = SteadyEvents.ofBytes(configuration, EVENTS_A_SECOND)) {
                start(2, () -> pipeline(configuration, Guarantee.EXACTLY_ONCE_V2, OLD));
                events.awaitMore(EVENTS_A_STEP);
                grow(admin, configuration.topics().input());
                await().atMost(START)
                        .until(() -> pipelines.stream()
                                        .mapToInt(pipeline ->
                                                pipeline.ownPartitions().size())
                                        .sum()
                                == 6);
                events.awaitPartitions(6);
                stopWithoutDuplicates(events);
            }
        }
        assertThat(LabelDigests.read(configuration).sequences()).containsOnlyKeys(0, 1, 2, 3, 4, 5);
    }

    private static void grow(Admin admin, String topic) throws Exception {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(6))).all().get();
    }

    @Test
    void theNamesInTheTopologyChange() throws Exception {
        Configuration configuration = configuration("names", 6);
        Guarantee guarantee = Guarantee.EXACTLY_ONCE_V2;
        try (SteadyEvents events = SteadyEvents.ofBytes(configuration, EVENTS_A_SECOND)) {
            start(2, () -> pipeline(configuration, guarantee, OLD));
            events.awaitMore(EVENTS_A_STEP);
            replaceAll(events, () -> RenamedPipeline.create(settings(configuration, guarantee), classifier(OLD)));
            stopWithoutDuplicates(events);
        }
    }
}
