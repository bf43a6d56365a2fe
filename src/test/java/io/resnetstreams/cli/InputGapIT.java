package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.kafka.TopicCreation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Input topics and groups in an unexpected state: what is logged, counted and rejected. */
class InputGapIT {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private TestCluster cluster;
    private OutcomesBySource outcomes;
    private byte[] good;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start("topics.partitions=2");
        outcomes = new OutcomesBySource(cluster.bootstrap(), "image-labels", "image-events-dlq");
        good = TestCluster.sampleImage();
    }

    @AfterEach
    void stop() {
        outcomes.close();
        cluster.close();
    }

    private Producer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(int events) throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < events; i++) {
                producer.send(new ProducerRecord<>("image-events", 0, null, good))
                        .get();
            }
        }
    }

    private void delete(long before) throws Exception {
        try (Admin admin = cluster.clients().admin()) {
            admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    /** Sends this many events and runs an instance until they are labelled. */
    private void labelAndStop(int events) throws Exception {
        send(events);
        InstanceProcess instance = cluster.run().awaitRunning();
        outcomes.await(events, PATIENCE);
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    private static Endpoint endpoint(InstanceProcess instance) {
        return new Endpoint("http://" + instance.metricsEndpoint().orElseThrow());
    }

    @Test
    void eventsDeletedWhileNoInstanceRanAreLoggedAndCounted() throws Exception {
        labelAndStop(3);
        send(5);
        delete(6);
        InstanceProcess instance = cluster.run().awaitRunning();
        outcomes.await(5, PATIENCE);
        outcomes.only(0, 6);
        outcomes.only(0, 7);
        assertThat(instance.log())
                .contains("Gap in the input: offsets 3 to 5 of image-events-0 were deleted before they were processed");
        assertThat(endpoint(instance).samples().value("resnet_streams_input_gap_events_total"))
                .isEqualTo(3);
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    @Test
    void eventsDeletedWhileNoInstanceRanCanStopTheInstance() throws Exception {
        labelAndStop(3);
        send(5);
        delete(6);
        InstanceProcess instance = cluster.run("input.onGap=stop");
        assertThat(instance.awaitEnd(PATIENCE)).as(instance::log).isEqualTo(1);
        assertThat(instance.log())
                .contains("failed: offsets 3 to 5 of image-events-0 were deleted before they were processed");
    }

    @Test
    void aRecreatedTopicIsReadFromItsBeginning() throws Exception {
        labelAndStop(3);
        try (Consumer<byte[], byte[]> group = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrap(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "resnet-streams"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            // Simulates offsets of an earlier, longer topic; Kafka itself would have deleted them with the topic.
            group.assign(Set.of(PARTITION));
            group.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1_000)));
        }
        InstanceProcess instance = cluster.run().awaitRunning();
        outcomes.await(6, PATIENCE);
        assertThat(instance.log()).contains("position 1000 of image-events-0 is no longer on the topic");
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    @Test
    void theFirstStartWorksWithoutOffsetResets() throws Exception {
        send(4);
        delete(2);
        InstanceProcess instance =
                cluster.run("kafka.auto.offset.reset=none", "input.onGap=stop").awaitRunning();
        outcomes.await(2, PATIENCE);
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    @Test
    void eventsOfAbortedTransactionsGetNoOutcome() throws Exception {
        assertAbortedGetNoOutcome("exactly_once_v2");
    }

    @Test
    @Tag("full") // The test above covers exactly_once_v2; both read only committed records.
    void withAtLeastOnceEventsOfAbortedTransactionsGetNoOutcome() throws Exception {
        assertAbortedGetNoOutcome("at_least_once");
    }

    private void assertAbortedGetNoOutcome(String guarantee) throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "events"))) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("image-events", 0, null, good));
            }
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            for (int i = 0; i < 2; i++) {
                producer.send(new ProducerRecord<>("image-events", 0, null, good));
            }
            producer.commitTransaction();
        }
        send(1);
        InstanceProcess instance = cluster.run("guarantee=" + guarantee).awaitRunning();
        // The last event follows the aborted ones.
        outcomes.await(3, PATIENCE);
        assertThat(outcomes.all()).hasSize(3).containsKey(new OutcomesBySource.Source(0, 7));
        assertThat(instance.terminate()).as(instance::log).isZero();
        assertThat(instance.log()).contains("Ended: 3 labels, 0 dead letters");
    }

    @Test
    void anInstanceOfAnotherTopicInTheSameGroupIsNotReady() throws Exception {
        TopicCreation.create(
                cluster.clients(), List.of(new org.apache.kafka.clients.admin.NewTopic("others", 2, (short) 1)));
        InstanceProcess first = cluster.run().awaitRunning();
        InstanceProcess second = cluster.run("topics.input=others");
        second.awaitLog("instances with the same applicationId need the same topics.input");
        await().atMost(PATIENCE)
                .until(
                        () -> endpoint(second).ready().reason(),
                        reason -> reason.startsWith(
                                "group resnet-streams consumes image-events, and this instance others"));
        assertThat(endpoint(second).ready().statusCode()).isEqualTo(503);
        send(2);
        outcomes.await(2, PATIENCE);
        // The second instance joins once the first one has left.
        assertThat(first.terminate()).as(first::log).isZero();
        await().atMost(PATIENCE).until(() -> endpoint(second).ready().statusCode() == 200);
        assertThat(second.terminate()).as(second::log).isZero();
    }

    @Test
    void aGroupThatOtherConsumersUseIsReported() throws Exception {
        try (Consumer<byte[], byte[]> other = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrap(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "resnet-streams"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            other.subscribe(Set.of("image-labels"));
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                other.poll(Duration.ofMillis(100));
                return !other.assignment().isEmpty();
            });
            InstanceProcess instance = cluster.run();
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                other.poll(Duration.ofMillis(100));
                return !instance.isAlive() || instance.log().contains("is used by other consumers");
            });
            assertThat(instance.log()).contains("group resnet-streams is used by other consumers");
        }
    }

    @Test
    void topicsThatChangeDuringARunAreReported() throws Exception {
        InstanceProcess instance = cluster.run().awaitRunning();
        try (Admin admin = cluster.clients().admin()) {
            admin.createPartitions(Map.of("image-events", org.apache.kafka.clients.admin.NewPartitions.increaseTo(4)))
                    .all()
                    .get();
        }
        instance.awaitLog("Topic image-events has 4 partitions; it had 2")
                .awaitLog("topic 'image-labels' has 2 partitions and the input 'image-events' has 4");
        assertThat(instance.log()).doesNotContain(new String(new byte[] {27}, StandardCharsets.US_ASCII));
        assertThat(instance.terminate()).as(instance::log).isZero();
    }
}
