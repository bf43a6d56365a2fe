package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.topology.TopicCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code check} after changes to the input that the pipeline did not see. */
class CheckGapsIT {
    private static final String INPUT = "image-events";
    private static final TopicPartition PARTITION = new TopicPartition(INPUT, 0);
    private static final long TIME = 1_700_000_000_000L;

    private TestCluster cluster;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(Map.of("log.cleaner.backoff.ms", "200"), "topics.partitions=1");
        admin = cluster.clients().admin();
    }

    @AfterEach
    void stop() {
        admin.close();
        cluster.close();
    }

    @Test
    void eventsDeletedUnreadAreAGap() throws Exception {
        send(0, 20, TIME);
        label(0, 5, TIME);
        commit(5);
        deleteBefore(12);
        // Checks before the pipeline is restarted and after it has continued behind the gap.
        JsonNode before = check(1);
        assertThat(before.get("gaps").asInt()).isEqualTo(1);
        assertThat(before.get("deletedUnread").asInt()).isEqualTo(7);
        assertThat(before.at("/examples/DELETED_UNREAD/0").asText()).isEqualTo("image-events-0@5 to 11");
        label(12, 20, TIME);
        commit(20);
        JsonNode after = check(1);
        assertThat(after.get("lost").asInt()).isZero();
        assertThat(after.get("deletedUnread").asInt()).isEqualTo(7);
        // With labels for the deleted events there is no gap.
        label(5, 12, TIME);
        assertThat(check(0).get("gaps").asInt()).isZero();
    }

    @Test
    void aCommittedOffsetBeyondTheEndIsReported() throws Exception {
        send(0, 3, TIME);
        label(0, 3, TIME);
        commit(75);
        JsonNode result = check(1);
        assertThat(result.get("beyondEnd").asInt()).isEqualTo(1);
        assertThat(result.at("/examples/BEYOND_END/0").asText()).isEqualTo("image-events-0 ends at 3, committed is 75");
    }

    @Test
    void outcomesOfADeletedTopicDontCountForItsSuccessor() throws Exception {
        send(0, 20, TIME);
        label(0, 20, TIME);
        recreate(Map.of());
        send(0, 8, TIME + 3_600_000);
        label(0, 8, TIME + 3_600_000);
        JsonNode result = check(0);
        assertThat(result.get("events").asInt()).isEqualTo(8);
        assertThat(result.get("labels").asInt()).isEqualTo(8);
        assertThat(result.get("earlierTopic").asInt()).isEqualTo(20);
        send(8, 9, TIME + 3_600_000);
        assertThat(check(1).get("lost").asInt()).isEqualTo(1);
    }

    @Test
    void compactedEventsAreNotGhosts() throws Exception {
        recreate(Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                "0.01",
                TopicConfig.SEGMENT_MS_CONFIG,
                "100"));
        // A segment is closed by a later record, once it is old enough. Keys repeat.
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            long now = System.currentTimeMillis();
            long last = send(0, 10, now);
            label(last - 9, last + 1, now);
            int[] events = {0};
            new TopicScan(cluster.clients()).scan(INPUT, record -> ++events[0] > 0);
            return events[0] <= last;
        });
        assertThat(check(0).get("ghosts").asInt()).isZero();
    }

    private void recreate(Map<String, String> settings) throws Exception {
        admin.deleteTopics(Set.of(INPUT)).all().get();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !admin.listTopics().names().get().contains(INPUT));
        admin.createTopics(List.of(new NewTopic(INPUT, 1, (short) 1).configs(settings)))
                .all()
                .get();
        TopicCheck.awaitLeaders(admin, INPUT, 1);
    }

    private JsonNode check(int exitCode) throws Exception {
        CapturedCommand check = CapturedCommand.run("check", "--json", "--bootstrap", cluster.bootstrap());
        assertThat(check.exitCode()).as(check::toString).isEqualTo(exitCode);
        return new ObjectMapper().readTree(check.out());
    }

    private void commit(long offset) throws Exception {
        admin.alterConsumerGroupOffsets("resnet-streams", Map.of(PARTITION, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private void deleteBefore(long offset) throws Exception {
        admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    /** Sends events with these numbers and returns the offset of the last one. */
    private long send(int from, int to, long time) throws Exception {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            RecordMetadata last = null;
            for (int i = from; i < to; i++) {
                byte[] key = Integer.toString(i).getBytes(UTF_8);
                last = producer.send(new ProducerRecord<>(INPUT, 0, time, key, new byte[1]))
                        .get();
            }
            return last.offset();
        }
    }

    /** Writes labels for the events at these offsets. */
    private void label(long from, long to, long time) {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (long offset = from; offset < to; offset++) {
                LabelEvent event = new LabelEvent(
                        "event",
                        List.of(new LabelEvent.Label("cat", 0, 0.5f)),
                        new LabelEvent.ModelReference("model", "00"),
                        new SourcePosition(INPUT, 0, offset, time));
                producer.send(new ProducerRecord<>("image-labels", 0, time, null, LabelEncoder.JSON.value(event)));
            }
        }
    }
}
