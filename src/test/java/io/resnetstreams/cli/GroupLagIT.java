package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.broker.EmbeddedBroker;
import io.resnetstreams.cli.Endpoint.Answer;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.TestEvents;
import io.resnetstreams.metrics.Samples;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.topology.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far instances say that they and their group are behind, and what health makes of it. */
class GroupLagIT {
    private static final String LAG = "resnet_streams_lag_events";
    private static final String LAG_SECONDS = "resnet_streams_lag_seconds";
    private static final Set<String> ALL_PARTITIONS = Set.of("0", "1", "2", "3", "4", "5");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    /** A pipeline with all its monitoring, whose device answers only while the gate is open. */
    private static final class Instance implements AutoCloseable {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean open = true;
        private final Monitoring monitoring;
        private final Pipeline pipeline;
        private final Endpoint endpoint;

        Instance(String bootstrap) {
            Configuration configuration = new ConfigurationLoader()
                    .set("bootstrapServers", bootstrap, "test")
                    .set("health.stallMillis", "5000", "test")
                    .load();
            monitoring = Monitoring.start(configuration);
            endpoint = new Endpoint(monitoring.address());
            assertThat(endpoint.live()).isEqualTo(new Answer(200, "ok", "starting: the model is being loaded"));
            assertThat(endpoint.ready()).isEqualTo(new Answer(503, "failing", "the model is being loaded"));
            pipeline = Pipeline.create(
                    configuration.pipelineSettings(),
                    event -> {
                        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
                        answer(() -> outcome.complete(TestEvents.labelOf(event)));
                        return outcome;
                    },
                    monitoring.topology(new RunStatistics()));
            ModelDirectory model = ClassificationStack.model(configuration.model());
            monitoring.inference(new RunStatistics()).loaded("cpu", 1, 32, 100);
            monitoring.watch(pipeline, model, List.of("cpu"));
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

        /** Waits for what must become true of the metrics. */
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

    private static boolean nothingWaits(Samples samples) {
        return samples.labelValues(LAG, "partition").equals(ALL_PARTITIONS)
                && samples.sum(LAG) == 0
                && samples.value(LAG_SECONDS) == 0;
    }

    private static Producer<byte[], byte[]> producer(String bootstrap, boolean transactional) {
        Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        if (transactional) {
            properties.put("transactional.id", "test");
        }
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(Producer<byte[], byte[]> producer, int events) {
        for (int i = 0; i < events; i++) {
            producer.send(new ProducerRecord<>(TestEvents.TOPIC, i % 6, new byte[] {1}, new byte[100]));
        }
        producer.flush();
    }

    @Test
    void markersOfTransactionsAreNoLag() throws Exception {
        try (TestCluster cluster = TestCluster.start();
                Producer<byte[], byte[]> producer = producer(cluster.bootstrap(), true)) {
            producer.initTransactions();
            // Partitions that hold a marker and never had a record to commit.
            producer.beginTransaction();
            send(producer, 6);
            producer.abortTransaction();
            try (Instance instance = new Instance(cluster.bootstrap())) {
                instance.awaitSamples(GroupLagIT::nothingWaits);
                for (int transaction = 0; transaction < 5; transaction++) {
                    producer.beginTransaction();
                    send(producer, 60);
                    producer.commitTransaction();
                }
                instance.awaitSamples(samples -> samples.value("resnet_streams_events_total{outcome=\"label\"}") == 300
                        && nothingWaits(samples));
                assertThat(instance.samples().value("resnet_streams_end_to_end_seconds_count"))
                        .isEqualTo(300);
                assertThat(instance.samples().value("resnet_streams_input_bytes_total"))
                        .isEqualTo(300 * 101);
                assertThat(instance.samples().value("resnet_streams_seconds_to_drain"))
                        .isZero();
                // An aborted transaction behind what was committed.
                producer.beginTransaction();
                send(producer, 6);
                producer.abortTransaction();
                instance.awaitSamples(GroupLagIT::nothingWaits);
                // None of it comes back.
                await().during(Duration.ofSeconds(8))
                        .atMost(LONGEST_WAIT)
                        .until(() -> nothingWaits(instance.samples()));
            }
        }
    }

    @Test
    void anInstanceThatStandsStillHasLagAndIsNotAlive() throws Exception {
        try (TestCluster cluster = TestCluster.start();
                Producer<byte[], byte[]> producer = producer(cluster.bootstrap(), false);
                Instance instance = new Instance(cluster.bootstrap())) {
            assertThat(instance.endpoint.live()).isEqualTo(new Answer(200, "ok", "Kafka Streams is RUNNING"));
            instance.gate(false);
            long before = System.currentTimeMillis();
            send(producer, 120);
            long after = System.currentTimeMillis();
            instance.awaitSamples(samples -> samples.sum(LAG) == 120);
            instance.awaitSamples(samples -> samples.value("resnet_streams_in_flight_events") == 120);
            long asked = System.currentTimeMillis();
            assertThat(instance.samples().value(LAG_SECONDS) * 1e3)
                    .isBetween((double) asked - after, (double) System.currentTimeMillis() - before);
            assertThat(instance.samples().value("resnet_streams_seconds_to_drain"))
                    .isPositive();
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.live().statusCode() == 503);
            assertThat(instance.endpoint.live().reason())
                    .matches(
                            "no outcome was committed for \\d+ s, while 120 events wait \\(health.stallMillis is 5000\\)");
            assertThat(instance.endpoint.ready().statusCode()).isEqualTo(503);
            assertThat(instance.samples().value("resnet_streams_events_total{outcome=\"label\"}"))
                    .isZero();
            instance.gate(true);
            instance.awaitSamples(GroupLagIT::nothingWaits);
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.live().statusCode() == 200);
            assertThat(instance.samples().value("resnet_streams_events_total{outcome=\"label\"}"))
                    .isEqualTo(120);
        }
    }

    @Test
    void instancesTellOfTheirOwnPartitionsAndAgreeOnTheGroup() throws Exception {
        try (TestCluster cluster = TestCluster.start();
                Producer<byte[], byte[]> producer = producer(cluster.bootstrap(), false);
                Instance first = new Instance(cluster.bootstrap())) {
            first.awaitSamples(GroupLagIT::nothingWaits);
            first.gate(false);
            try (Instance second = new Instance(cluster.bootstrap())) {
                second.gate(false);
                await().atMost(LONGEST_WAIT).until(shareAllPartitions(first, second));
                send(producer, 120);
                await().atMost(LONGEST_WAIT)
                        .until(() -> first.samples().sum(LAG) + second.samples().sum(LAG) == 120);
                // Both have capacity for 100 a second; 120 events are in the backlog that both see.
                for (Instance instance : List.of(first, second)) {
                    instance.awaitSamples(samples -> samples.value("resnet_streams_arrival_rate") < 100
                            && Math.abs(samples.value("resnet_streams_seconds_to_drain")
                                                    * (200 - samples.value("resnet_streams_arrival_rate"))
                                            - 120)
                                    < 1e-6);
                }
            }
            first.gate(true);
            // No partition stays behind with the one that left, and none is missing.
            first.awaitSamples(GroupLagIT::nothingWaits);
        }
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
    void aBrokerThatIsAwayMakesAnInstanceNotReadyAndNotDead() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(folder, 0, 17 << 20);
        String bootstrap = broker.bootstrapServers();
        TopicsCommand.create(new ConfigurationLoader()
                .set("bootstrapServers", bootstrap, "test")
                .load());
        try (Instance instance = new Instance(bootstrap)) {
            instance.awaitSamples(GroupLagIT::nothingWaits);
            broker.close();
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.ready().statusCode() == 503);
            assertThat(instance.endpoint.ready().reason()).isEqualTo("the broker does not answer");
            assertThat(instance.endpoint.live())
                    .isEqualTo(new Answer(200, "ok", "the broker does not answer; a restart would not help"));
            // What nobody knows is not told.
            instance.awaitSamples(samples -> !samples.families().contains(LAG));
            broker = EmbeddedBroker.start(
                    folder, Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1)), 17 << 20);
            await().atMost(LONGEST_WAIT).until(() -> instance.endpoint.ready().statusCode() == 200);
            instance.awaitSamples(GroupLagIT::nothingWaits);
        } finally {
            broker.close();
        }
    }
}
