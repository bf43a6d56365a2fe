package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.cli.dlq.DlqCommand;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.kafka.TopicScan;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each faulty event becomes one dead letter with identical bytes; its neighbours in the batch get labels. */
class DeadLettersIT {
    /** An event that was already resent three times. */
    private static final String REPLAYED = "bad-base64";

    @TempDir
    private Path folder;

    private record Fault(byte[] value, String stage, String code) {}

    @Test
    void faultyEventsBecomeDeadLettersAndTheirNeighboursGetLabels() throws Exception {
        byte[] good = TestCluster.sampleImage();
        Map<String, Fault> faults = faults(good);
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(Map.of());
            InstanceProcess instance = cluster.run().awaitRunning();
            Map<String, RecordMetadata> sent = new HashMap<>();
            int neighbours = 0;
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                for (Map.Entry<String, Fault> fault : faults.entrySet()) {
                    send(cluster, producer, follower, "before-" + fault.getKey(), good);
                    sent.put(
                            fault.getKey(),
                            send(
                                    cluster,
                                    producer,
                                    follower,
                                    fault.getKey(),
                                    fault.getValue().value()));
                    send(cluster, producer, follower, "after-" + fault.getKey(), good);
                    neighbours += 2;
                }
            }
            int total = neighbours + faults.size();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> follower.snapshot().outcomes() >= total);
            assertThat(instance.terminate()).isZero();
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.labels()).isEqualTo(neighbours);
            assertThat(outcomes.deadLetters()).isEqualTo(faults.size());
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            Map<String, ConsumerRecord<byte[], byte[]>> letters = deadLetters(cluster, faults.size());
            faults.forEach((key, fault) -> assertDeadLetter(letters.get(key), fault, sent.get(key)));
            assertThat(cluster.check()).isZero();
            assertOfflineOutcomesAreCompared(cluster, faults.keySet());
            assertDeadLettersCanBeUsed(cluster, faults);
            // check must detect the same dead letter with another value.
            ConsumerRecord<byte[], byte[]> letter = letters.get("text");
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                producer.send(new ProducerRecord<>(
                                letter.topic(), letter.partition(), letter.key(), new byte[1], letter.headers()))
                        .get();
            }
            assertThat(cluster.check()).isEqualTo(1);
        }
    }

    private void assertOfflineOutcomesAreCompared(TestCluster cluster, Set<String> dead) throws Exception {
        Path offline = folder.resolve("offline.tsv");
        Files.write(offline, dead.stream().map(id -> id + "\t").toList());
        assertThat(cluster.check("--expected", offline.toString())).isZero();
        Files.writeString(offline, "text\ta label\n");
        assertThat(cluster.check("--expected", offline.toString())).isEqualTo(1);
        Files.writeString(offline, "before-text\t\n");
        assertThat(cluster.check("--expected", offline.toString())).isEqualTo(1);
        Files.writeString(offline, "another\ta label\n");
        assertThat(cluster.check("--expected", offline.toString())).isEqualTo(1);
        Files.writeString(offline, "no tab\n");
        assertThat(cluster.check("--expected", offline.toString())).isEqualTo(2);
        Files.delete(offline);
    }

    /** Lists, exports and resends dead letters until their retries are used up. */
    private void assertDeadLettersCanBeUsed(TestCluster cluster, Map<String, Fault> faults) throws Exception {
        CommandLine dlq = new CommandLine(new DlqCommand());
        assertListed(cluster, faults);
        assertThat(dlq.execute("show", "--bootstrap", cluster.bootstrap(), "--code", "truncated"))
                .isZero();
        assertThat(dlq.execute("show", "--bootstrap", cluster.bootstrap(), "--code", "nothing"))
                .isEqualTo(1);
        assertThat(dlq.execute("export", folder.toString(), "--bootstrap", cluster.bootstrap(), "--code", "truncated"))
                .isZero();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> exported = files.toList();
            assertThat(exported).hasSize(1);
            // The name comes from the position on the topic, not from the event.
            assertThat(exported.get(0).getFileName().toString()).matches("\\d+-\\d+");
            assertThat(exported.get(0)).hasBinaryContent(faults.get("cut").value());
        }
        assertThat(dlq.execute("replay", "--bootstrap", cluster.bootstrap(), "--max-retries", "0"))
                .isZero();
        JsonNode exhausted = json(cluster, "dlq", "replay", "--code", "base64");
        assertThat(exhausted.get("exhausted").asInt()).isEqualTo(1);
        assertThat(exhausted.get("replayed").asInt()).isZero();
        JsonNode tried = json(cluster, "dlq", "replay", "--code", "base64", "--max-retries", "4", "--dry-run");
        assertThat(tried.get("replayed").asInt()).isEqualTo(1);
        assertThat(inputRecords(cluster)).hasSize(3 * faults.size());
        assertThat(dlq.execute("replay", "--bootstrap", cluster.bootstrap(), "--stage", "decode"))
                .isZero();
        List<ConsumerRecord<byte[], byte[]>> input = inputRecords(cluster);
        List<ConsumerRecord<byte[], byte[]>> replayed = input.stream()
                .filter(record -> record.headers().lastHeader(StoredDeadLetter.RETRIES_HEADER) != null)
                .filter(record -> !REPLAYED.equals(new String(record.key(), UTF_8)))
                .toList();
        assertThat(input).hasSize(3 * faults.size() + 2);
        assertThat(replayed)
                .extracting(record -> new String(record.key(), UTF_8))
                .containsExactlyInAnyOrder("text", "cut");
        assertThat(replayed).allSatisfy(record -> {
            assertThat(header(record, StoredDeadLetter.RETRIES_HEADER)).isEqualTo("1");
            assertThat(header(record, "trace")).isEqualTo("abc");
            assertThat(record.headers().toArray()).hasSize(2);
            assertThat(record.value())
                    .isEqualTo(faults.get(new String(record.key(), UTF_8)).value());
        });
    }

    private static JsonNode json(TestCluster cluster, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--json", "--bootstrap", cluster.bootstrap()));
        CapturedCommand command = CapturedCommand.run(line);
        assertThat(command.exitCode()).as(command::toString).isZero();
        return new ObjectMapper().readTree(command.out());
    }

    /** Asserts that the list has stages and codes with counts and examples. */
    private static void assertListed(TestCluster cluster, Map<String, Fault> faults) throws Exception {
        JsonNode list = json(cluster, "dlq", "list");
        assertThat(list.get("deadLetters").asInt()).isEqualTo(faults.size());
        Map<String, JsonNode> groups = new HashMap<>();
        list.get("groups")
                .forEach(group -> groups.put(
                        group.get("stage").asText() + " " + group.get("code").asText(), group));
        faults.forEach((key, fault) -> {
            JsonNode group = groups.get(fault.stage() + " " + fault.code());
            assertThat(group.get("examples").findValuesAsText("key")).contains(key);
            assertThat(group.get("count").asLong())
                    .isEqualTo(faults.values().stream()
                            .filter(other -> other.code().equals(fault.code()))
                            .count());
        });
    }

    private static List<ConsumerRecord<byte[], byte[]>> inputRecords(TestCluster cluster) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicScan(cluster.clients()).scan(cluster.configuration().topics().input(), records::add);
        return records;
    }

    private static void assertDeadLetter(ConsumerRecord<byte[], byte[]> letter, Fault fault, RecordMetadata sent) {
        assertThat(letter).isNotNull();
        assertThat(letter.value()).isEqualTo(fault.value());
        assertThat(header(letter, "trace")).isEqualTo("abc");
        assertThat(header(letter, DeadLetter.STAGE_HEADER)).isEqualTo(fault.stage());
        assertThat(header(letter, DeadLetter.CODE_HEADER)).isEqualTo(fault.code());
        assertThat(header(letter, DeadLetter.TOPIC_HEADER)).isEqualTo(sent.topic());
        assertThat(header(letter, DeadLetter.PARTITION_HEADER)).isEqualTo(Integer.toString(sent.partition()));
        assertThat(header(letter, DeadLetter.OFFSET_HEADER)).isEqualTo(Long.toString(sent.offset()));
        assertThat(header(letter, DeadLetter.MESSAGE_HEADER)).isNotBlank();
        assertThat(header(letter, DeadLetter.EXCEPTION_HEADER)).isNotBlank();
    }

    private static Map<String, Fault> faults(byte[] good) {
        String base64 = Base64.getEncoder().encodeToString(good);
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("null", new Fault(null, "event", "empty"));
        faults.put("empty", new Fault(new byte[0], "event", "empty"));
        faults.put("text", new Fault("this is no image".getBytes(UTF_8), "decode", "unknown_format"));
        faults.put("cut", new Fault(Arrays.copyOf(good, good.length - 40), "decode", "truncated"));
        faults.put("many-pixels", new Fault(claimedSize(good, 10_000, 10_000), "limits", "too_many_pixels"));
        faults.put("long-edge", new Fault(claimedSize(good, 20_000, 10), "limits", "edge_too_long"));
        faults.put("many-bytes", new Fault(Arrays.copyOf(good, (12 << 20) + 1), "limits", "too_many_bytes"));
        faults.put("bad-json", new Fault("{\"id\": ".getBytes(UTF_8), "event", "json"));
        faults.put("no-image", new Fault("{\"id\": \"x\"}".getBytes(UTF_8), "event", "no_image"));
        faults.put(REPLAYED, new Fault("{\"image\": \"%%%\"}".getBytes(UTF_8), "event", "base64"));
        faults.put(
                "twice",
                new Fault(("{\"image\": \"" + base64 + "\", \"image\": \"\"}").getBytes(UTF_8), "event", "json"));
        return faults;
    }

    /** Returns a PNG whose header claims another size, with a valid checksum. */
    private static byte[] claimedSize(byte[] png, int width, int height) {
        byte[] changed = png.clone();
        ByteBuffer.wrap(changed, 16, 8).putInt(width).putInt(height);
        CRC32 crc = new CRC32();
        crc.update(changed, 12, 17);
        ByteBuffer.wrap(changed, 29, 4).putInt((int) crc.getValue());
        return changed;
    }

    private static RecordMetadata send(
            TestCluster cluster, Producer<byte[], byte[]> producer, OutcomeFollower follower, String key, byte[] value)
            throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(cluster.configuration().topics().input(), 0, key.getBytes(UTF_8), value);
        record.headers().add("trace", "abc".getBytes(UTF_8));
        if (key.equals(REPLAYED)) {
            record.headers().add(StoredDeadLetter.RETRIES_HEADER, "3".getBytes(UTF_8));
        }
        RecordMetadata metadata = producer.send(record).get();
        follower.expect(metadata.partition(), metadata.offset());
        return metadata;
    }

    private static Map<String, ConsumerRecord<byte[], byte[]>> deadLetters(TestCluster cluster, int count) {
        List<TopicPartition> partitions =
                cluster.clients().partitions(cluster.configuration().topics().deadLetters());
        Map<String, ConsumerRecord<byte[], byte[]>> letters = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = cluster.clients().committedReader()) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> letters.put(new String(record.key(), UTF_8), record));
                return letters.size() >= count;
            });
        }
        return letters;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
