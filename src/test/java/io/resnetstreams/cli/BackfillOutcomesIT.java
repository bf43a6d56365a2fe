package io.resnetstreams.cli;

import static io.resnetstreams.cli.BackfillRig.range;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.BackfillRig.Ran;
import io.resnetstreams.deadletter.StoredDeadLetter;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.SingleOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a backfill writes, and to which topics and partitions. */
@ExtendWith(SharedBackfillRig.class)
class BackfillOutcomesIT {
    private static BackfillRig rig;

    @BeforeAll
    static void start(BackfillRig shared) {
        rig = shared;
    }

    @Test
    void eachEventGetsOneLabelOnItsPartitionInOrderWithItsTimestamp() throws Exception {
        rig.createTopic("plain", 3, Map.of());
        rig.send("plain", 0, 700);
        rig.send("plain", 2, 50);
        Ran ran = rig.backfill("plain", "plain-new", "plain");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().get("events").asInt()).isEqualTo(750);
        assertThat(ran.json().get("labels").asInt()).isEqualTo(750);
        assertThat(ran.json().get("lost").asInt()).isZero();
        assertThat(ran.json().get("processed").asInt()).isEqualTo(750);
        assertThat(rig.labelled("plain-new", 0)).isEqualTo(range(0, 700));
        assertThat(rig.labelled("plain-new", 1)).isEmpty();
        assertThat(rig.labelled("plain-new", 2)).isEqualTo(range(0, 50));
        assertThat(rig.records("plain-new")).allSatisfy(record -> {
            LabelEvent label = BackfillRig.label(record);
            assertThat(BackfillRig.run(record)).isEqualTo("plain");
            assertThat(BackfillRig.model(record)).isEqualTo("stub stubstubstubstubstubstubstubstub");
            assertThat(label.model()).isEqualTo(new ModelReference("stub", "stubstubstubstubstubstubstubstub"));
            assertThat(label.source().topic()).isEqualTo("plain");
            assertThat(record.timestamp()).isEqualTo(1_000 + label.source().offset());
        });
    }

    @Test
    void tombstonesAndUnknownContentTypesBecomeDeadLettersOfTheRun() throws Exception {
        rig.createTopic("faulty", 1, Map.of());
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            producer.send(BackfillRig.event("faulty", 0, 0));
            producer.send(new ProducerRecord<>("faulty", 0, "gone".getBytes(UTF_8), null));
            ProducerRecord<byte[], byte[]> text =
                    new ProducerRecord<>("faulty", 0, "text".getBytes(UTF_8), new byte[] {1});
            text.headers().add("content-type", "text/html".getBytes(UTF_8));
            producer.send(text);
            producer.send(BackfillRig.event("faulty", 0, 3));
        }
        Ran ran = rig.backfill("faulty", "faulty-new", "faulty");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().get("labels").asInt()).isEqualTo(2);
        assertThat(ran.json().get("deadLetters").asInt()).isEqualTo(2);
        assertThat(rig.labelled("faulty-new", 0)).containsExactly(0L, 3L);
        List<ConsumerRecord<byte[], byte[]>> letters = rig.records("faulty-new-dlq");
        assertThat(letters)
                .extracting(record -> new StoredDeadLetter(record).code())
                .containsExactly("empty", "content_type");
        assertThat(letters).allSatisfy(record -> {
            assertThat(BackfillRig.run(record)).isEqualTo("faulty");
            assertThat(BackfillRig.model(record)).isEqualTo("stub stubstubstubstubstubstubstubstub");
            assertThat(DeadLetter.sourceOf(record.headers(), 0).orElseThrow().topic())
                    .isEqualTo("faulty");
            // A resent event no longer belongs to the backfill.
            assertThat(new StoredDeadLetter(record).headersForResend())
                    .extracting(Header::key)
                    .doesNotContain(SingleOutcome.RUN_HEADER, SingleOutcome.MODEL_HEADER);
        });
        assertThat(rig.run("stub", "status", "faulty", "--json")
                        .json()
                        .get("deadLetters")
                        .asInt())
                .isEqualTo(2);
    }

    /** Labels have the timestamps of their events, by which the broker applies retention. */
    @Test
    void anOutputKeepsLabelsAsLongAsTheInputKeepsEvents() throws Exception {
        rig.createTopic("old", 1, Map.of(TopicConfig.RETENTION_MS_CONFIG, "7000000000000"));
        rig.send("old", 0, 5);
        Ran created = rig.backfill("old", "old-new", "old");
        assertThat(created.exitCode()).as(created.err()).isZero();
        assertThat(created.err()).doesNotContain("retention.ms");
        assertThat(retention("old-new")).isEqualTo("7000000000000");
        assertThat(retention("old-new-dlq")).isEqualTo("7000000000000");
        rig.createTopic("young-new", 1, Map.of(TopicConfig.RETENTION_MS_CONFIG, "6900000000000"));
        Ran warned = rig.backfill("old", "young-new", "young");
        assertThat(warned.exitCode()).as(warned.err()).isZero();
        assertThat(warned.err()).contains("young-new keeps records for 6900000000000 ms and old for 7000000000000 ms");
    }

    private static String retention(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return rig.admin()
                .describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(TopicConfig.RETENTION_MS_CONFIG)
                .value();
    }

    @Test
    void onlySelectedEventsGetALabel() throws Exception {
        rig.createTopic("chosen", 2, Map.of());
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            for (int i = 0; i < 1_000; i++) {
                ProducerRecord<byte[], byte[]> event = BackfillRig.event("chosen", i % 2, i);
                event.headers().add("camera", (i % 4 < 2 ? "north" : "south").getBytes(UTF_8));
                producer.send(event);
            }
        }
        Ran where = rig.backfill("chosen", "chosen-north", "north", "--where", "camera=north");
        assertThat(where.exitCode()).as(where.err()).isZero();
        assertThat(where.json().get("events").asInt()).isEqualTo(500);
        assertThat(where.json().get("skipped").asInt()).isEqualTo(500);
        assertThat(rig.labelled("chosen-north", 1))
                .isEqualTo(
                        LongStream.range(0, 500).filter(i -> i % 2 == 0).boxed().toList());
        Ran sample = rig.backfill("chosen", "chosen-sample", "sample", "--sample", "0.1");
        assertThat(sample.exitCode()).as(sample.err()).isZero();
        assertThat(sample.json().get("labels").asInt()).isBetween(60, 140);
        // A partition's sample is the same if it is relabelled alone.
        Ran again = rig.backfill("chosen", "chosen-again", "again", "--sample", "0.1", "--partitions", "0");
        assertThat(again.exitCode()).isZero();
        assertThat(rig.labelled("chosen-again", 0)).isEqualTo(rig.labelled("chosen-sample", 0));
        assertThat(rig.labelled("chosen-again", 1)).isEmpty();
    }

    @Test
    void partitionsAddedDuringARunAreReportedAndIgnored() throws Exception {
        rig.createTopic("grown", 1, Map.of());
        rig.send("grown", 0, 60);
        CompletableFuture<Ran> running = CompletableFuture.supplyAsync(() ->
                rig.backfill("grown", "grown-new", "grown", "--max-rate=10", "--set", "kafka.metadata.max.age.ms=500"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.topics().contains("grown-new")
                        && !rig.records("grown-new").isEmpty());
        grow("grown");
        assertThatOnlyThePlannedPartitionIsLabelled(running.join(), "grown");
    }

    @Test
    void partitionsAddedWhileNoProcessRunsAreReportedAndIgnored() throws Exception {
        rig.createTopic("grown-between", 1, Map.of());
        rig.send("grown-between", 0, 60);
        rig.begin("grown-between", "grown-between-new", "grown-between");
        grow("grown-between");
        assertThatOnlyThePlannedPartitionIsLabelled(
                rig.run("stub", "--input", "grown-between", "--run", "grown-between"), "grown-between");
    }

    private static void grow(String topic) throws Exception {
        rig.admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                .all()
                .get();
        rig.send(topic, 2, 20);
    }

    private static void assertThatOnlyThePlannedPartitionIsLabelled(Ran ran, String topic) {
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains(topic + " has 3 partitions and had 1 when the run was planned");
        assertThat(rig.labelled(topic + "-new", 0)).isEqualTo(range(0, 60));
        assertThat(rig.records(topic + "-new")).hasSize(60);
    }

    @Test
    void anOutputWithFewerPartitionsIsRejectedAndOneWithMoreIsAccepted() throws Exception {
        rig.createTopic("wide", 3, Map.of());
        rig.send("wide", 2, 10);
        rig.createTopic("narrow-new", 2, Map.of());
        Ran narrow = rig.backfill("wide", "narrow-new", "narrow");
        assertThat(narrow.exitCode()).isEqualTo(2);
        assertThat(narrow.err()).hasLineCount(1).contains("'narrow-new' has 2 partitions and the input has 3");
        rig.createTopic("wider-new", 5, Map.of());
        rig.send("wider-new", 2, 3);
        Ran wider = rig.backfill("wide", "wider-new", "wider");
        assertThat(wider.exitCode()).as(wider.err()).isZero();
        assertThat(rig.records("wider-new")).hasSize(13);
    }
}
