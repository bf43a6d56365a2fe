package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.Endpoint.Answer;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.inference.batch.BatchPolicy.ClosedBy;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.metrics.Samples;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.monitor.Monitoring;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.topology.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lag that instances report for themselves and their group, and its effect on health. */
class GroupLagIT {
    private static final String LAG = "resnet_streams_lag_events";
    private static final String DESIRED = "resnet_streams_desired_instances";
    private static final String LAG_SECONDS = "resnet_streams_lag_seconds";
    private static final Set<String> ALL_PARTITIONS = Set.of("0", "1", "2", "3", "4", "5");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);

    /** Shared by all tests except the one that stops its broker; each test has topics and a group of its own. */
    private static TestCluster cluster;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        cluster = TestCluster.start();
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
    }

    /** Creates a test's own topics with this many partitions and returns a configuration for its instances. */
    private static Configuration topics(String bootstrap, String name, int partitions) throws InterruptedException {
        ConfigurationLoader loader = new ConfigurationLoader();
        Map.of(
                        "bootstrapServers",
                        bootstrap,
                        "applicationId",
                        name,
                        "topics.input",
                        name + "-events",
                        "topics.labels",
                        name + "-labels",
                        "topics.deadLetters",
                        name + "-dlq",
                        "topics.partitions",
                        Integer.toString(partitions),
                        "health.stallMillis",
                        "2000")
                .forEach((key, value) -> loader.set(key, value, "test"));
        Configuration configuration = loader.load();
        TopicCreation.create(new KafkaClients(configuration.connection()));
        return configuration;
    }

    private static Configuration topics(String name) throws InterruptedException {
        return topics(cluster.bootstrap(), name, ALL_PARTITIONS.size());
    }

    /** A pipeline with its monitoring and a device that answers only while a gate is open. */
    private static final class Instance implements AutoCloseable {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean open = true;
        private volatile boolean broken;
        private final Monitoring monitoring;
        private final Pipeline pipeline;
        private final Endpoint endpoint;

        Instance(Configuration configuration) {
            monitoring = Monitoring.start(configuration, false);
            endpoint = new Endpoint(monitoring.address());
            assertThat(endpoint.live()).isEqualTo(new Answer(200, "ok", "starting: the model is being loaded"));
            assertThat(endpoint.ready()).isEqualTo(new Answer(503, "failing", "the model is being loaded"));
            pipeline = Pipeline.create(
                    configuration.pipelineSettings(),
                    event -> {
                        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                        answer(() -> {
                            if (broken) {
                                outcome.completeExceptionally(new IllegalStateException("the device is broken"));
                            } else {
                                outcome.complete(TestEvents.labelOf(event));
                            }
                        });
                        return outcome;
                    },
                    monitoring.counts());
            ModelDirectory model = ClassificationStack.model(configuration.model());
            monitoring.counts().loaded("cpu", 1, 32, 100);
            monitoring.watch(configuration, pipeline, model, List.of("cpu"), "mxnet", "cpu", Optional::empty);
            pipeline.start();
            await().atMost(LONGEST_WAIT).until(() -> endpoint.ready().statusCode() == 200);
        }

        private synchronized void answer(Runnable now) {
            if (open) {
                now.run();
            } else {
                waiting.add(now);
            }
        }

        synchronized void gate(boolean isOpen) {
            open = isOpen;
            if (open) {
                waiting.forEach(Runnable::run);
                waiting.clear();
            }
        }

        Samples samples() {
            return endpoint.samples();
        }

        Set<String> partitions() {
            return samples().labelValues(LAG, "partition");
        }

        void awaitLive(int statusCode) {
            await().atMost(LONGEST_WAIT).until(() -> endpoint.live().statusCode() == statusCode);
        }

        /** Waits until the metrics meet a condition. */
        void awaitSamples(Predicate<Samples> condition) {
            await().atMost(LONGEST_WAIT).until(() -> condition.test(samples()));
        }

        @Override
        public void close() {
            gate(true);
            pipeline.close();
            monitoring.close();
        }
    }

    private static boolean hasNoLag(Samples samples) {
        return samples.labelValues(LAG, "partition").equals(ALL_PARTITIONS)
                && samples.sum(LAG) == 0
                && samples.value(LAG_SECONDS) == 0;
    }

    private static Producer<byte[], byte[]> producer(boolean transactional) {
        Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", cluster.bootstrap()));
        if (transactional) {
            properties.put("transactional.id", "test");
        }
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(Producer<byte[], byte[]> producer, Configuration configuration, int events) {
        for (int i = 0; i < events; i++) {
            producer.send(new ProducerRecord<>(
                    configuration.topics().input(),
                    i % configuration.topicSettings().partitions(),
                    new byte[] {1},
                    new byte[100]));
        }
        producer.flush();
    }

    @Test
    void transactionMarkersAreNotLag() throws Exception {
        Configuration topics = topics("markers");
        try (Producer<byte[], byte[]> producer = producer(true)) {
            producer.initTransactions();
            // Every partition then holds a marker, but no record to commit.
            producer.beginTransaction();
            send(producer, topics, 6);
            producer.abortTransaction();
            try (Instance instance = new Instance(topics)) {
                instance.awaitSamples(GroupLagIT::hasNoLag);
                for (int transaction = 0; transaction < 5; transaction++) {
                    producer.beginTransaction();
                    send(producer, topics, 60);
                    producer.commitTransaction();
                }
                instance.awaitSamples(samples ->
                        samples.value("resnet_streams_events_total{outcome=\"label\"}") == 300 && hasNoLag(samples));
                assertThat(instance.samples().value("resnet_streams_end_to_end_seconds_count"))
                        .isEqualTo(300);
                assertThat(instance.samples().value("resnet_streams_input_bytes_total"))
                        .isEqualTo(300 * 101);
                assertThat(instance.samples().value("resnet_streams_seconds_to_drain"))
                        .isZero();
                // An aborted transaction after the committed records.
                producer.beginTransaction();
                send(producer, topics, 6);
                producer.abortTransaction();
                instance.awaitSamples(GroupLagIT::hasNoLag);
                // The lag remains 0.
                await().during(Duration.ofSeconds(8)).atMost(LONGEST_WAIT).until(() -> hasNoLag(instance.samples()));
            }
        }
    }

    @Test
    void aStalledInstanceHasLagAndIsNotLive() throws Exception {
        Configuration topics = topics("still");
        try (Producer<byte[], byte[]> producer = producer(false);
                Instance instance = new Instance(topics)) {
            assertThat(instance.endpoint.live()).isEqualTo(new Answer(200, "ok", "Kafka Streams is RUNNING"));
            instance.gate(false);
            long before = System.currentTimeMillis();
            send(producer, topics, 120);
            long after = System.currentTimeMillis();
            instance.awaitSamples(samples -> samples.sum(LAG) == 120);
            instance.awaitSamples(samples -> samples.value("resnet_streams_in_flight_events") == 120);
            assertAge(instance, before, after);
            assertThat(instance.samples().value("resnet_streams_seconds_to_drain"))
                    .isPositive();
            instance.awaitLive(503);
            assertThat(instance.endpoint.live().reason())
                    .matches(
                            "no outcome was committed for \\d+ s, while 120 events wait \\(health.stallMillis is 2000\\)");
            assertThat(instance.endpoint.ready().statusCode()).isEqualTo(503);
            assertThat(instance.samples().value("resnet_streams_events_total{outcome=\"label\"}"))
                    .isZero();
            instance.gate(true);
            instance.awaitSamples(GroupLagIT::hasNoLag);
            instance.awaitLive(200);
            assertThat(instance.samples().value("resnet_streams_events_total{outcome=\"label\"}"))
                    .isEqualTo(120);
        }
    }

    @Test
    void instancesReportTheirOwnPartitionsAndAgreeOnTheGroup() throws Exception {
        Configuration topics = topics("two");
        try (Producer<byte[], byte[]> producer = producer(false);
                Instance first = new Instance(topics)) {
            first.awaitSamples(GroupLagIT::hasNoLag);
            first.gate(false);
            long before;
            long after;
            try (Instance second = new Instance(topics)) {
                second.gate(false);
                await().atMost(LONGEST_WAIT).until(shareAllPartitions(first, second));
                before = System.currentTimeMillis();
                send(producer, topics, 120);
                after = System.currentTimeMillis();
                await().atMost(LONGEST_WAIT)
                        .until(() -> first.samples().sum(LAG) + second.samples().sum(LAG) == 120);
                // Each has a capacity of 100 events per second; the shared backlog is 120 events.
                for (Instance instance : List.of(first, second)) {
                    instance.awaitSamples(samples -> samples.value("resnet_streams_arrival_rate") < 100
                            && Math.abs(samples.value("resnet_streams_seconds_to_drain")
                                                    * (200 - samples.value("resnet_streams_arrival_rate"))
                                            - 120)
                                    < 1e-6);
                    assertAge(instance, before, after);
                }
                await().atMost(LONGEST_WAIT)
                        .until(() -> first.samples().sum(DESIRED) == 2
                                && second.samples().sum(DESIRED) == 2);
            }
            first.awaitSamples(
                    samples -> samples.labelValues(LAG, "partition").equals(ALL_PARTITIONS) && samples.sum(LAG) >= 60);
            assertAge(first, before, after);
            first.gate(true);
            // The remaining instance takes over all partitions.
            first.awaitSamples(GroupLagIT::hasNoLag);
        }
    }

    /** Asserts that the oldest unprocessed event was sent between these times, in milliseconds. */
    private static void assertAge(Instance instance, long before, long after) {
        long asked = System.currentTimeMillis();
        assertThat(instance.samples().value(LAG_SECONDS) * 1e3)
                .isBetween((double) asked - after, (double) System.currentTimeMillis() - before);
    }

    private static Callable<Boolean> shareAllPartitions(Instance first, Instance second) {
        return () -> {
            Set<String> both = new TreeSet<>(first.partitions());
            both.addAll(second.partitions());
            return both.equals(ALL_PARTITIONS)
                    && first.partitions().size() == 3
                    && second.partitions().size() == 3;
        };
    }

    @Test
    void aHungDeviceOrAFailedStreamThreadMakesAnInstanceNotLive() throws Exception {
        Configuration topics = topics("broken");
        try (Producer<byte[], byte[]> producer = producer(false);
                Instance instance = new Instance(topics)) {
            InferenceMetrics device = instance.monitoring.counts();
            device.began("cpu");
            instance.awaitLive(503);
            assertThat(instance.endpoint.live().reason())
                    .matches("the device cpu has been at a batch for \\d+ s \\(health.stallMillis is 2000\\)");
            assertThat(instance.endpoint.ready().statusCode()).isEqualTo(503);
            device.batch("cpu", 1, ClosedBy.DEVICE_FREE, 0, 1);
            instance.awaitLive(200);
            instance.broken = true;
            send(producer, topics, 1);
            instance.awaitLive(503);
            Answer dead = new Answer(503, "failing", "the pipeline failed; its log says why");
            assertThat(instance.endpoint.live()).isEqualTo(dead);
            assertThat(instance.endpoint.ready()).isEqualTo(dead);
        }
    }

    @Test
    void anInstanceWithoutPartitionsStandsBy() throws Exception {
        Configuration topics = topics(cluster.bootstrap(), "one", 1);
        try (Instance first = new Instance(topics);
                Instance second = new Instance(topics)) {
            Answer working = new Answer(200, "ok", "partitions [0]");
            Answer standingBy = new Answer(200, "ok", "standing by: other instances have all partitions");
            await().atMost(LONGEST_WAIT)
                    .until(() -> new HashSet<>(List.of(first.endpoint.ready(), second.endpoint.ready()))
                            .equals(Set.of(working, standingBy)));
        }
    }

    @Test
    void withoutABrokerAnInstanceIsNotReadyButLive() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(folder, 0, 17 << 20);
        String bootstrap = broker.bootstrapServers();
        try (Instance instance = new Instance(topics(bootstrap, "away", ALL_PARTITIONS.size()))) {
            instance.awaitSamples(GroupLagIT::hasNoLag);
            broker.close();
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.ready().statusCode() == 503);
            assertThat(instance.endpoint.ready().reason()).isEqualTo("the broker does not answer");
            assertThat(instance.endpoint.live())
                    .isEqualTo(new Answer(200, "ok", "the broker does not answer; a restart would not help"));
            // An unknown lag is not reported.
            instance.awaitSamples(samples -> !samples.families().contains(LAG));
            broker = EmbeddedBroker.start(
                    folder, Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1)), 17 << 20);
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.ready().statusCode() == 200);
            instance.awaitSamples(GroupLagIT::hasNoLag);
        } finally {
            broker.close();
        }
    }
}
