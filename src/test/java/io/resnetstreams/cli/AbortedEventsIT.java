package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.backfill.LiveWatch;
import io.resnetstreams.cli.BackfillRig.Ran;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Aborted events don't count: they are not expected, planned or waited for. */
@ExtendWith(SharedBackfillRig.class)
class AbortedEventsIT {
    private static BackfillRig rig;

    @BeforeAll
    static void start(BackfillRig shared) {
        rig = shared;
    }

    /** Aborts three events and commits two, then optionally sends one in a transaction that stays open. */
    private static Producer<byte[], byte[]> send(String topic, boolean isOpen) {
        Producer<byte[], byte[]> producer = rig.cluster().clients().transactionalProducer(topic);
        producer.initTransactions();
        producer.beginTransaction();
        for (int i = 0; i < 3; i++) {
            producer.send(BackfillRig.event(topic, 0, i));
        }
        producer.flush();
        producer.abortTransaction();
        producer.beginTransaction();
        for (int i = 3; i < 5; i++) {
            producer.send(BackfillRig.event(topic, 0, i));
        }
        producer.commitTransaction();
        if (isOpen) {
            producer.beginTransaction();
            producer.send(BackfillRig.event(topic, 0, 5));
            producer.flush();
        }
        return producer;
    }

    @Test
    void checkExpectsNoOutcomeForThem() throws Exception {
        rig.createTopic("aborted-checked", 6, Map.of());
        try (Producer<byte[], byte[]> open = send("aborted-checked", true)) {
            CapturedCommand check = CapturedCommand.run(
                    "check",
                    "--json",
                    "--bootstrap",
                    rig.cluster().bootstrap(),
                    "--input",
                    "aborted-checked",
                    "--set",
                    "guarantee=at_least_once");
            JsonNode json = new ObjectMapper().readTree(check.out());
            assertThat(json.get("events").asInt()).isEqualTo(2);
            assertThat(json.get("lost").asInt()).isEqualTo(2);
            open.abortTransaction();
        }
    }

    @Test
    void aBackfillPlansAndRelabelsCommittedEvents() throws Exception {
        rig.createTopic("aborted-planned", 1, Map.of());
        try (Producer<byte[], byte[]> open = send("aborted-planned", true)) {
            String[] words = {
                "--input",
                "aborted-planned",
                "--from",
                "beginning",
                "--to",
                "now",
                "--output",
                "aborted-planned-new",
                "--run",
                "aborted-planned",
                "--plan",
                "--yes",
                "--json",
                "--set",
                "guarantee=at_least_once",
                // The only isolation level that may be set.
                "--set",
                "kafka.main.consumer.isolation.level=read_committed"
            };
            Ran ran = rig.run("stub", words);
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            List<String> lines = ran.out().lines().toList();
            assertThat(new ObjectMapper().readTree(lines.get(0)).get("events").asInt())
                    .isEqualTo(2);
            assertThat(rig.labelled("aborted-planned-new", 0)).containsExactly(4L, 5L);
            open.abortTransaction();
        }
    }

    @Test
    void aBackfillDoesNotWaitForThem() throws Exception {
        rig.createTopic("aborted-live", 1, Map.of());
        rig.send("aborted-live", 0, 10);
        rig.commit("aborted-live-group", "aborted-live", 10);
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().transactionalProducer("aborted-live");
                LiveWatch watch = new LiveWatch(
                        rig.cluster().clients(),
                        "aborted-live-group",
                        List.of(new TopicPartition("aborted-live", 0)),
                        Duration.ofMillis(1_500),
                        notice -> {})) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(BackfillRig.event("aborted-live", 0, 10));
            producer.flush();
            producer.abortTransaction();
            await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(60)).until(() -> !watch.isYielding());
            rig.send("aborted-live", 0, 1);
            await().atMost(Duration.ofSeconds(60)).until(watch::isYielding);
        }
    }
}
