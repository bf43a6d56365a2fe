package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.Stage;
import io.resnetstreams.kafka.TopicScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each dead letter is resent once, to its event's original partition. */
class DlqResendIT {
    private static final String INPUT = "image-events";
    private static final String LETTERS = "image-events-dlq";

    private TestCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start("topics.partitions=4");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void anEventGoesBackToItsPartitionOnce() throws Exception {
        // One partition holds the dead letters of all source partitions.
        for (int i = 0; i < 13; i++) {
            send(letter(i % 4, i, i % 2 == 0 ? "json" : "truncated", new byte[10]), 0);
        }
        assertThat(replayed("--dry-run").get("replayed").asInt()).isEqualTo(13);
        assertThat(replayed("--code", "json", "--limit", "3").get("replayed").asInt())
                .isEqualTo(3);
        assertThat(replayed("--code", "json").get("replayed").asInt()).isEqualTo(4);
        assertThat(replayed().get("replayed").asInt()).isEqualTo(6);
        JsonNode again = replayed();
        assertThat(again.get("replayed").asInt()).isZero();
        assertThat(again.get("alreadyReplayed").asInt()).isEqualTo(13);
        List<ConsumerRecord<byte[], byte[]>> input = input();
        assertThat(input)
                .extracting(record -> new String(record.key(), UTF_8))
                .doesNotHaveDuplicates()
                .hasSize(13);
        assertThat(input).allSatisfy(record -> assertThat(record.partition())
                .isEqualTo(Integer.parseInt(new String(record.key(), UTF_8)) % 4));
        send(letter(1, 13, "json", new byte[10]), 2);
        assertThat(replayed().get("replayed").asInt()).isEqualTo(1);
        assertThat(replayed("--all").get("replayed").asInt()).isEqualTo(14);
        assertThat(replayed("--all", "--since", "1h").get("replayed").asInt()).isZero();
        assertThat(replayed("--all", "--since", "1970-01-01T00:00:00.010Z")
                        .get("replayed")
                        .asInt())
                .isEqualTo(4);
        assertThat(replayed().get("replayed").asInt()).isZero();
    }

    @Test
    void resentLettersAreTrackedPerTopic() throws Exception {
        send(letter(0, 0, "json", new byte[10]), 0);
        assertThat(replayed().get("replayed").asInt()).isEqualTo(1);
        TopicPartition partition = new TopicPartition(LETTERS, 0);
        String group = "resnet-streams-dlq-replay";
        try (Admin admin = cluster.clients().admin()) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            String[] words = offset.metadata().split(" ");
            String other = words[0] + " " + Uuid.randomUuid() + " " + words[2];
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset.offset(), other)))
                    .all()
                    .get();
        }
        CapturedCommand replay = replay();
        assertThat(json(replay).get("replayed").asInt()).isEqualTo(1);
        assertThat(replay.errorLines()).hasSize(2).first().asString().contains("another topic with this name");
        assertThat(replayed().get("replayed").asInt()).isZero();
    }

    @Test
    void recordsThatCannotBeResentAreReported() throws Exception {
        send(new ProducerRecord<>(LETTERS, 0, null, null), 0);
        send(new ProducerRecord<>(LETTERS, 0, "foreign".getBytes(UTF_8), new byte[3]), 0);
        ProducerRecord<byte[], byte[]> unreadable = letter(0, 1, "json", new byte[10]);
        unreadable.headers().remove(DeadLetter.PARTITION_HEADER).add(DeadLetter.PARTITION_HEADER, new byte[] {-1});
        send(unreadable, 0);
        send(letter(1, 2, "json", new byte[300_000]), 0);
        send(letter(9, 3, "json", new byte[10]), 0);
        send(letter(2, 4, "json", null), 0);
        try (Admin admin = cluster.clients().admin()) {
            ConfigEntry small = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "100000");
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, INPUT),
                            List.of(new AlterConfigOp(small, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        CapturedCommand replay = replay();
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.errorLines())
                .hasSize(6)
                .anyMatch(
                        line -> line.startsWith(LETTERS + "-0@0: not sent, since its headers have no source position"))
                .anyMatch(
                        line -> line.startsWith(LETTERS + "-0@1: not sent, since its headers have no source position"))
                .anyMatch(
                        line -> line.startsWith(LETTERS + "-0@2: not sent, since its headers have no source position"))
                .anyMatch(line ->
                        line.matches(LETTERS + "-0@3: topic 'image-events' does not accept its event: .*Record.*"))
                .anyMatch(line -> line.matches(LETTERS + "-0@4: sent to partition 1 .* has 4 .* from partition 9"));
        assertThat(json(replay).get("replayed").asInt()).isEqualTo(2);
        assertThat(json(replay).get("refused").asInt()).isEqualTo(1);
        assertThat(input())
                .extracting(record -> new String(record.key(), UTF_8))
                .containsExactlyInAnyOrder("3", "4");
        JsonNode again = json(replay());
        assertThat(again.get("replayed").asInt()).isZero();
        assertThat(again.get("refused").asInt()).isEqualTo(1);
    }

    private CapturedCommand replay(String... options) {
        List<String> line = new ArrayList<>(List.of("dlq", "replay", "--json", "--bootstrap", cluster.bootstrap()));
        line.addAll(List.of(options));
        return CapturedCommand.run(line);
    }

    private JsonNode replayed(String... options) throws Exception {
        CapturedCommand replay = replay(options);
        assertThat(replay.exitCode()).as(replay::toString).isZero();
        assertThat(replay.errorLines()).as(replay::toString).hasSize(1);
        return json(replay);
    }

    private static JsonNode json(CapturedCommand command) throws Exception {
        return new ObjectMapper().readTree(command.out());
    }

    private static ProducerRecord<byte[], byte[]> letter(int partition, int number, String code, byte[] value) {
        RawEvent event = new RawEvent(
                new SourcePosition(INPUT, partition, number, 0),
                Integer.toString(number).getBytes(UTF_8),
                value,
                new RecordHeaders());
        DeadLetter letter = new DeadLetter(event, Stage.EVENT, code, "a reason", "java.lang.Exception");
        return new ProducerRecord<>(LETTERS, 0, (long) number, event.key(), value, letter.headers());
    }

    private void send(ProducerRecord<byte[], byte[]> record, int partition) throws Exception {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            producer.send(new ProducerRecord<>(
                            record.topic(),
                            partition,
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            record.headers()))
                    .get();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> input() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicScan(cluster.clients()).scan(INPUT, records::add);
        return records;
    }
}
