package io.resnetstreams.cli;

import static io.resnetstreams.cli.BackfillRig.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.cli.BackfillRig.Ran;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which events a backfill relabels, for various kinds of ranges. */
@ExtendWith(SharedBackfillRig.class)
class BackfillRangeIT {
    private static BackfillRig rig;

    @BeforeAll
    static void start(BackfillRig shared) {
        rig = shared;
    }

    @Test
    void aRangeEndsWhereItShould() throws Exception {
        rig.createTopic("bounded", 2, Map.of());
        rig.send("bounded", 0, 300);
        rig.send("bounded", 1, 20);
        Ran ran = rig.run(
                "stub", "--input", "bounded", "--from", "10", "--to", "123", "--output", "bounded-new", "--run", "b");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.labelled("bounded-new", 0)).isEqualTo(range(10, 123));
        assertThat(rig.labelled("bounded-new", 1)).isEqualTo(range(10, 20));
        Ran byTime = rig.run(
                "stub",
                "--input",
                "bounded",
                "--from",
                "1970-01-01T00:00:01.250Z",
                "--to",
                "1970-01-01T00:00:01.260Z",
                "--output",
                "bounded-time",
                "--run",
                "t",
                "--partitions",
                "0");
        assertThat(byTime.exitCode()).as(byTime.err()).isZero();
        assertThat(rig.labelled("bounded-time", 0)).isEqualTo(range(250, 260));
        assertThat(rig.records("bounded-time")).hasSize(10);
    }

    @Test
    void everyEventInATimeRangeIsRelabelledInAnyOrder() throws Exception {
        rig.createTopic("late", 2, Map.of());
        long hour = Duration.ofHours(1).toMillis();
        long[] times = {10 * hour, 12 * hour, 10 * hour + hour / 2, 13 * hour, 10 * hour + 3 * hour / 4, 11 * hour};
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            for (long time : times) {
                producer.send(new ProducerRecord<>("late", 0, time, null, new byte[] {1}));
            }
        }
        List<String> words = List.of(
                "--input",
                "late",
                "--from",
                "1970-01-01T10:00:00Z",
                "--to",
                "1970-01-01T11:00:00Z",
                "--output",
                "late-new",
                "--run",
                "late",
                "--json",
                "--plan",
                "--yes");
        Ran ran = rig.run("stub", words.toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.labelled("late-new", 0)).containsExactly(0L, 2L, 4L);
        List<String> lines = ran.out().lines().toList();
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(lines.get(0)).get("events").asInt()).isEqualTo(3);
        JsonNode result = json.readTree(lines.get(1));
        assertThat(result.get("events").asInt()).isEqualTo(3);
        assertThat(result.get("skipped").asInt()).isEqualTo(3);
        assertThat(result.get("lost").asInt()).isZero();
    }

    @Test
    void withLogAppendTimeReadingStopsAtTheEndOfTheRange() throws Exception {
        rig.createTopic("appended", 1, Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
        rig.send("appended", 0, 10);
        String between = Instant.ofEpochMilli(rig.records("appended").get(9).timestamp() + 1)
                .toString();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> System.currentTimeMillis()
                        > rig.records("appended").get(9).timestamp() + 1);
        rig.send("appended", 0, 10);
        Ran ran = rig.run(
                "stub",
                "--input",
                "appended",
                "--from",
                "2020-01-01T00:00:00Z",
                "--to",
                between,
                "--output",
                "appended-new",
                "--run",
                "appended",
                "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(rig.labelled("appended-new", 0)).isEqualTo(range(0, 10));
        assertThat(ran.json().get("skipped").asInt()).isZero();
    }

    @Test
    void markersAndAbortedEventsAreSkipped() throws Exception {
        rig.createTopic("transactions", 1, Map.of());
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().transactionalProducer("test")) {
            producer.initTransactions();
            for (int transaction = 0; transaction < 10; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < 7; i++) {
                    producer.send(BackfillRig.event("transactions", 0, i));
                }
                if (transaction % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
            // The last 500 offsets of the range hold no events.
            producer.beginTransaction();
            for (int i = 0; i < 500; i++) {
                producer.send(BackfillRig.event("transactions", 0, i));
            }
            producer.flush();
            producer.abortTransaction();
        }
        Ran ran = rig.backfill("transactions", "transactions-new", "transactions");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().get("events").asInt()).isEqualTo(35);
        List<Long> events =
                rig.records("transactions").stream().map(ConsumerRecord::offset).toList();
        assertThat(events).hasSize(35);
        assertThat(rig.labelled("transactions-new", 0)).isEqualTo(events);
    }

    @Test
    void aRangeWithoutEventsIsDoneImmediately() throws Exception {
        rig.createTopic("aborted", 2, Map.of());
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().transactionalProducer("test")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(BackfillRig.event("aborted", 0, 1)).get();
            producer.abortTransaction();
        }
        Ran ran = rig.backfill("aborted", "aborted-new", "aborted");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().get("events").asInt()).isZero();
        assertThat(rig.records("aborted-new")).isEmpty();
    }

    @Test
    void eventsThatSurviveCompactionAreRelabelled() throws Exception {
        rig.createTopic(
                "compacted",
                1,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        "compact",
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.01",
                        TopicConfig.SEGMENT_MS_CONFIG,
                        "100"));
        // Keys repeat. A segment is closed by a later record, once it is old enough.
        for (int round = 0; round < 4; round++) {
            sendNow("compacted", 50);
        }
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            sendNow("compacted", 1);
            return rig.records("compacted").get(0).offset() > 100;
        });
        List<Long> before = compacted();
        Ran ran = rig.run(
                "stub",
                "--input",
                "compacted",
                "--from",
                "0",
                "--to",
                "198",
                "--output",
                "compacted-new",
                "--run",
                "c");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        // The broker may have removed more events meanwhile.
        List<Long> after = compacted();
        List<Long> labelled = rig.labelled("compacted-new", 0);
        assertThat(labelled).isSorted().hasSizeBetween(1, 60).containsAll(after);
        assertThat(before).containsAll(labelled);
    }

    /** Returns the offsets that are left before 198. */
    private static List<Long> compacted() throws Exception {
        return rig.records("compacted").stream()
                .map(ConsumerRecord::offset)
                .filter(offset -> offset < 198)
                .toList();
    }

    private static void sendNow(String topic, int keys) {
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            for (int key = 0; key < keys; key++) {
                ProducerRecord<byte[], byte[]> event = BackfillRig.event(topic, 0, key);
                producer.send(new ProducerRecord<>(topic, 0, event.key(), event.value()));
            }
        }
    }

    @Test
    void eventsThatExpireDuringARunAreAnError() throws Exception {
        rig.createTopic("expiring", 1, Map.of());
        rig.send("expiring", 0, 400);
        BackfillPlan begun = rig.begin("expiring", "expiring-new", "expiring");
        rig.commit(begun.group(), "expiring", 40);
        rig.admin()
                .deleteRecords(Map.of(new TopicPartition("expiring", 0), RecordsToDelete.beforeOffset(390)))
                .all()
                .get();
        Ran resumed = rig.run("stub", "--input", "expiring", "--run", "expiring");
        assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(1);
        assertThat(resumed.err())
                .contains(
                        "run 'expiring' failed here: offsets 40 to 389 of expiring-0 were deleted before they were processed")
                .contains("the run does not allow gaps");
    }

    @Test
    void aDeletedRangeIsReportedAndTheRestIsRelabelledOnRequest() throws Exception {
        rig.createTopic("deleted", 1, Map.of());
        rig.send("deleted", 0, 100);
        rig.admin()
                .deleteRecords(Map.of(new TopicPartition("deleted", 0), RecordsToDelete.beforeOffset(40)))
                .all()
                .get();
        String[] words = {
            "--input", "deleted", "--from", "10", "--to", "now", "--output", "deleted-new", "--run", "deleted"
        };
        Ran refused = rig.run("stub", words);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .hasLineCount(1)
                .contains("no longer exists")
                .contains("deleted-0: offsets 10 to 39")
                .contains("--allow-gaps");
        assertThat(rig.topics()).doesNotContain("deleted-new");
        String[] byTime = words.clone();
        byTime[3] = "1970-01-01T00:00:00Z";
        assertThat(rig.run("stub", byTime).err()).hasLineCount(1).contains("before offset 40");
        Ran allowed = rig.run("stub", concat(words, "--allow-gaps"));
        assertThat(allowed.exitCode()).as(allowed.err()).isZero();
        assertThat(rig.labelled("deleted-new", 0)).isEqualTo(range(40, 100));
        Ran beginning = rig.backfill("deleted", "deleted-beginning", "beginning");
        assertThat(beginning.exitCode()).as(beginning.err()).isZero();
        assertThat(rig.labelled("deleted-beginning", 0)).isEqualTo(range(40, 100));
    }

    private static String[] concat(String[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }
}
