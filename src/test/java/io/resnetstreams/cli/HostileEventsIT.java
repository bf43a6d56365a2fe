package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.cli.HostileEvents.Case;
import io.resnetstreams.cli.dlq.DlqCommand;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Sends hostile events to a real instance, each between two valid ones on one partition. Each gets exactly one outcome,
 * the expected one, and its neighbours get labels.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileEventsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    private final Deserializer<LabelEvent> labelReader = LabelEvent.deserializer();
    private final Map<Long, List<ConsumerRecord<byte[], byte[]>>> labels = new HashMap<>();
    private final Map<Long, List<ConsumerRecord<byte[], byte[]>>> deadLetters = new HashMap<>();
    private final Map<Case, Long> offsets = new HashMap<>();
    private TestCluster cluster;
    private InstanceProcess instance;
    private byte[] good;
    private List<Case> cases;
    private long events;

    /** A record with any timestamp, including those that the client's constructor rejects. */
    private static final class TimedRecord extends ProducerRecord<byte[], byte[]> {
        private final Long time;

        TimedRecord(String topic, Case hostile) {
            super(topic, 0, null, hostile.key(), hostile.value(), hostile.headers());
            time = hostile.timestamp();
        }

        @Override
        public Long timestamp() {
            return time;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    @BeforeAll
    void sendAll() throws Exception {
        cluster = TestCluster.start();
        good = TestCluster.sampleImage();
        cases = HostileEvents.all(good, cluster.configuration().topicSettings().maxMessageBytes());
        OutcomeFollower follower = cluster.follow(Map.of());
        instance = cluster.run().awaitRunning();
        String topic = cluster.configuration().topics().input();
        try (Producer<byte[], byte[]> compressing = producer("lz4");
                Producer<byte[], byte[]> plain = producer("none")) {
            for (Case hostile : cases) {
                compressing.send(new ProducerRecord<>(topic, 0, null, good)).get();
                Producer<byte[], byte[]> producer = hostile.isIncompressible() ? plain : compressing;
                offsets.put(
                        hostile,
                        producer.send(new TimedRecord(topic, hostile)).get().offset());
                compressing.send(new ProducerRecord<>(topic, 0, null, good)).get();
            }
        }
        events = 3L * cases.size();
        for (long offset = 0; offset < events; offset++) {
            follower.expect(0, offset);
        }
        await().atMost(PATIENCE)
                .failFast(() -> instance.log().contains("ERROR"))
                .until(() -> follower.snapshot().outcomes() >= events);
        follower.finish();
        TopicScan scan = new TopicScan(cluster.clients());
        scan.scan(cluster.configuration().topics().labels(), record -> labels.computeIfAbsent(
                        labelReader
                                .deserialize(record.topic(), record.value())
                                .source()
                                .offset(),
                        offset -> new ArrayList<>())
                .add(record));
        scan.scan(cluster.configuration().topics().deadLetters(), record -> deadLetters
                .computeIfAbsent(Long.parseLong(text(record, DeadLetter.OFFSET_HEADER)), offset -> new ArrayList<>())
                .add(record));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /**
     * Returns a producer with large limits. Clients and broker check the compressed size, so such events are accepted.
     */
    private Producer<byte[], byte[]> producer(String compression) {
        return new KafkaClients(new ConfigurationLoader()
                        .set("bootstrapServers", cluster.bootstrap(), "test")
                        .set("kafka.producer.max.request.size", Integer.toString(64 << 20), "test")
                        .set("kafka.producer.buffer.memory", Integer.toString(64 << 20), "test")
                        .set("kafka.producer.compression.type", compression, "test")
                        .load()
                        .connection())
                .producer();
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), UTF_8);
    }

    List<Case> cases() {
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachEventHasExactlyTheExpectedOutcome(Case hostile) {
        long offset = offsets.get(hostile);
        List<ConsumerRecord<byte[], byte[]>> labelled = labels.getOrDefault(offset, List.of());
        List<ConsumerRecord<byte[], byte[]>> dead = deadLetters.getOrDefault(offset, List.of());
        assertThat(labelled.size() + dead.size()).as("outcomes").isOne();
        boolean isLabel = hostile.stage().equals("either") ? dead.isEmpty() : hostile.isLabel();
        if (isLabel) {
            assertThat(labelled).as("dead letters instead: " + dead).hasSize(1);
            assertLabel(labelled.get(0), hostile);
        } else {
            assertThat(dead).as("labels instead: " + labelled).hasSize(1);
            assertDeadLetter(dead.get(0), hostile, offset);
        }
    }

    private void assertLabel(ConsumerRecord<byte[], byte[]> label, Case hostile) {
        assertThat(Arrays.equals(label.key(), hostile.key()))
                .as("unchanged key")
                .isTrue();
        List<Header> expected = new ArrayList<>();
        for (Header header : hostile.headers()) {
            expected.add(
                    header.key().equals("content-type")
                            ? new RecordHeader("event-content-type", header.value())
                            : header);
        }
        expected.add(new RecordHeader("content-type", "application/json".getBytes(UTF_8)));
        assertThat(label.headers().toArray()).containsExactlyElementsOf(expected);
        if (hostile.timestamp() != null && hostile.timestamp() < 0) {
            assertThat(label.timestamp()).isPositive();
        }
    }

    private static void assertDeadLetter(ConsumerRecord<byte[], byte[]> letter, Case hostile, long offset) {
        String code = text(letter, DeadLetter.CODE_HEADER);
        if (hostile.code() != null) {
            assertThat(text(letter, DeadLetter.STAGE_HEADER)).isEqualTo(hostile.stage());
            assertThat(code).isEqualTo(hostile.code());
        }
        assertThat(text(letter, DeadLetter.MESSAGE_HEADER)).isNotBlank();
        assertThat(text(letter, DeadLetter.PARTITION_HEADER)).isEqualTo("0");
        assertThat(text(letter, DeadLetter.OFFSET_HEADER)).isEqualTo(Long.toString(offset));
        Header[] headers = letter.headers().toArray();
        if (DeadLetter.isWithoutContent(letter.headers())) {
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).isNull();
            assertThat(headers).hasSize(9);
        } else {
            assertThat(Arrays.equals(letter.key(), hostile.key()))
                    .as("unchanged key")
                    .isTrue();
            assertThat(Arrays.equals(letter.value(), hostile.value()))
                    .as("unchanged value")
                    .isTrue();
            Header[] sent = hostile.headers().toArray();
            assertThat(Arrays.copyOf(headers, sent.length)).isEqualTo(sent);
        }
    }

    @Test
    void neighboursGetLabels() {
        for (long hostile : offsets.values()) {
            assertThat(labels.get(hostile - 1))
                    .as("label before offset %d", hostile)
                    .hasSize(1);
            assertThat(labels.get(hostile + 1))
                    .as("label after offset %d", hostile)
                    .hasSize(1);
        }
    }

    @Test
    void outcomesAreInTheOrderOfTheirEvents() {
        assertThat(inOrder(labels)).isSorted();
        assertThat(inOrder(deadLetters)).isSorted();
    }

    /** Returns the events' offsets in the order of their outcomes. */
    private static List<Long> inOrder(Map<Long, List<ConsumerRecord<byte[], byte[]>>> outcomes) {
        return outcomes.entrySet().stream()
                .sorted((a, b) -> Long.compare(
                        a.getValue().get(0).offset(), b.getValue().get(0).offset()))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void theAuditFindsNoFault() {
        assertThat(cluster.check()).isZero();
    }

    @Test
    void theInstanceIsHealthyAndStopsCleanly() throws Exception {
        assertThat(instance.log()).doesNotContain("OutOfMemoryError", "SIGSEGV");
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    @Test
    void namesOfExportedFilesContainOnlyPositions() throws IOException {
        Path exported = Files.createDirectory(folder.resolve("exported"));
        int code = new CommandLine(new DlqCommand())
                .execute("export", exported.toString(), "--bootstrap", cluster.bootstrap());
        assertThat(code).isZero();
        long withContent = 0;
        for (List<ConsumerRecord<byte[], byte[]>> letters : deadLetters.values()) {
            ConsumerRecord<byte[], byte[]> letter = letters.get(0);
            Path file = exported.resolve("0-" + letter.offset());
            if (DeadLetter.isWithoutContent(letter.headers())) {
                assertThat(file).doesNotExist();
                continue;
            }
            withContent++;
            byte[] value = letter.value() == null ? new byte[0] : letter.value();
            assertThat(Arrays.equals(Files.readAllBytes(file), value))
                    .as(file + " holds the value")
                    .isTrue();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .hasSize((int) withContent)
                    .allSatisfy(file -> assertThat(file).hasParent(exported));
        }
        assertThat(Path.of("/tmp/escaped")).doesNotExist();
    }

    @Test
    void deadLettersWithoutContentAreNotResent() {
        long end = inputEnd();
        int code = new CommandLine(new DlqCommand())
                .execute("replay", "--bootstrap", cluster.bootstrap(), "--code", "event_too_large");
        assertThat(code).isZero();
        assertThat(inputEnd()).isEqualTo(end);
    }

    private long inputEnd() {
        return new TopicScan(cluster.clients())
                .ranges(cluster.configuration().topics().input()).values().stream()
                        .mapToLong(TopicScan.Range::end)
                        .sum();
    }
}
