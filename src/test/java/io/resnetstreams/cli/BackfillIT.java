package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.cli.BackfillRig.Ran;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a backfill relabels, whatever the range looks like. */
class BackfillIT {
    private static BackfillRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new BackfillRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
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
            assertThat(label.model().name()).isEqualTo("stub");
            assertThat(label.source().topic()).isEqualTo("plain");
            assertThat(record.timestamp()).isEqualTo(1_000 + label.source().offset());
        });
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
    void markersAndAbortedTransactionsAreNoEvents() throws Exception {
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
            // The end of the range is 500 offsets without an event.
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
    void aRangeWithoutAnyEventIsDoneAtOnce() throws Exception {
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
    void whatCompactionLeavesIsRelabelled() throws Exception {
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
        // The keys are the same each time; segments are closed by the time that passes between records.
        for (int round = 0; round < 4; round++) {
            sendNow("compacted", 50);
        }
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            sendNow("compacted", 1);
            return rig.records("compacted").get(0).offset() > 100;
        });
        List<Long> left =
                rig.records("compacted").stream().map(ConsumerRecord::offset).toList();
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
        assertThat(rig.labelled("compacted-new", 0))
                .isEqualTo(left.stream().filter(offset -> offset < 198).toList())
                .hasSizeBetween(1, 60);
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
    void whatExpiresWhileARunWorksIsAnError() throws Exception {
        rig.createTopic("expiring", 1, Map.of());
        rig.send("expiring", 0, 400);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=expiring",
                        "--from=beginning",
                        "--to=now",
                        "--output=expiring-new",
                        "--run=expiring",
                        "--max-rate=20"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.topics().contains("expiring-new")
                        && !rig.records("expiring-new").isEmpty());
        process.kill();
        rig.admin()
                .deleteRecords(Map.of(new TopicPartition("expiring", 0), RecordsToDelete.beforeOffset(390)))
                .all()
                .get();
        Ran resumed = rig.run("stub", "--input", "expiring", "--run", "expiring");
        assertThat(resumed.exitCode()).as(resumed.err()).isEqualTo(1);
        assertThat(resumed.err()).contains("run 'expiring' failed here: expiring-0 has no event at offset");
    }

    @Test
    void aDeletedRangeIsNamedAndWhatIsLeftOnlyRelabelledOnRequest() throws Exception {
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

    @Test
    void tombstonesAndUnknownContentTypesBecomeDeadLettersOfTheRun() throws Exception {
        rig.createTopic("faulty", 1, Map.of());
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            producer.send(BackfillRig.event("faulty", 0, 0));
            producer.send(new ProducerRecord<>("faulty", 0, "gone".getBytes(UTF_8), null));
            ProducerRecord<byte[], byte[]> text =
                    new ProducerRecord<>("faulty", 0, "text".getBytes(UTF_8), new byte[] {1});
            text.headers().add("content-type", "text/plain".getBytes(UTF_8));
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
            assertThat(DeadLetter.sourceOf(record.headers(), 0).orElseThrow().topic())
                    .isEqualTo("faulty");
            // Sent back to the live pipeline, an event is none of the backfill's any more.
            assertThat(new StoredDeadLetter(record).headersForReplay().lastHeader("resnet-streams.run"))
                    .isNull();
        });
        assertThat(rig.run("stub", "status", "faulty", "--json")
                        .json()
                        .get("deadLetters")
                        .asInt())
                .isEqualTo(2);
    }

    /** Labels have their events' timestamps, and the broker deletes records by their timestamps. */
    @Test
    void anOutputKeepsLabelsAsLongAsTheInputKeepsEvents() throws Exception {
        rig.createTopic("old", 1, Map.of(TopicConfig.RETENTION_MS_CONFIG, "7000000000000"));
        rig.send("old", 0, 5);
        Ran made = rig.backfill("old", "old-new", "old");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.err()).doesNotContain("retention.ms");
        assertThat(retention("old-new")).isEqualTo("7000000000000");
        assertThat(retention("old-new-dlq")).isEqualTo("7000000000000");
        rig.createTopic("young-new", 1, Map.of(TopicConfig.RETENTION_MS_CONFIG, "6900000000000"));
        Ran told = rig.backfill("old", "young-new", "young");
        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.err()).contains("young-new keeps records for 6900000000000 ms and old for 7000000000000 ms");
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
    void onlyEventsThatAreMeantGetALabel() throws Exception {
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
        Ran again = rig.backfill("chosen", "chosen-again", "again", "--sample", "0.1");
        assertThat(again.exitCode()).isZero();
        assertThat(rig.labelled("chosen-again", 0)).isEqualTo(rig.labelled("chosen-sample", 0));
    }

    @Test
    void aBackfillWaitsWhileLiveIsBehind() throws Exception {
        rig.createTopic("busy", 1, Map.of());
        rig.send("busy", 0, 300);
        String live = rig.cluster().configuration().applicationId();
        commit(live, "busy", 100);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=busy",
                        "--from=beginning",
                        "--to=now",
                        "--output=busy-new",
                        "--run=busy",
                        "--yield-to-live=300",
                        "--max-rate=10"));
        await().atMost(Duration.ofSeconds(120))
                .failFast("it did not wait", () -> process.log().contains("counting what was written"))
                .until(() -> process.log().contains("waiting for live: group " + live));
        // What was in flight is done by then.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.run("stub", "status", "busy", "--json")
                                .json()
                                .get("done")
                                .asInt()
                        == rig.records("busy-new").size());
        int waiting = rig.records("busy-new").size();
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .until(() -> rig.records("busy-new").size() == waiting);
        assertThat(waiting).isLessThan(300);
        commit(live, "busy", 300);
        assertThat(process.awaitEnd(Duration.ofSeconds(180))).as(process.log()).isZero();
        assertThat(process.log()).contains("going on: group " + live);
        assertThat(rig.labelled("busy-new", 0)).isEqualTo(range(0, 300));
    }

    private static void commit(String group, String topic, long offset) throws Exception {
        rig.admin()
                .alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    @Test
    void partitionsAddedMeanwhileAreToldAndLeftAlone() throws Exception {
        rig.createTopic("grown", 1, Map.of());
        rig.send("grown", 0, 60);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=grown",
                        "--from=beginning",
                        "--to=now",
                        "--output=grown-new",
                        "--run=grown",
                        "--max-rate=4",
                        "--set",
                        "kafka.metadata.max.age.ms=500"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.topics().contains("grown-new")
                        && !rig.records("grown-new").isEmpty());
        rig.admin()
                .createPartitions(Map.of("grown", NewPartitions.increaseTo(3)))
                .all()
                .get();
        rig.send("grown", 2, 20);
        assertThat(process.awaitEnd(Duration.ofSeconds(120))).as(process.log()).isZero();
        assertThat(process.log()).contains("grown has 3 partitions and had 1 when the run was planned");
        assertThat(rig.labelled("grown-new", 0)).isEqualTo(range(0, 60));
        assertThat(rig.records("grown-new")).hasSize(60);
    }

    @Test
    void anOutputWithFewerPartitionsIsRefusedAndOneWithMoreIsFine() throws Exception {
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

    @Test
    void mistakesAreOneLineAndNothingIsWritten() throws Exception {
        rig.createTopic("source", 1, Map.of());
        rig.send("source", 0, 5);
        Set<String> before = rig.topics();
        String[][] mistakes = {
            {"topic 'nowhere' does not exist", "--input", "nowhere"},
            {"the topic of the input", "--output", "source"},
            {"the topic of the live labels", "--output", "image-labels"},
            {"--dead-letters is 'x/y'", "--dead-letters", "x/y"},
            {"both 'mistaken'", "--dead-letters", "mistaken"},
            {"--from is 9 and no partition reaches that offset; the longest ends at 5", "--from", "9"},
            {"lies in the future", "--to", "2100-01-01T00:00:00Z"},
            {"--from is 'yesterday'", "--from", "yesterday"},
            {"'source' has 1 partitions", "--partitions", "0-2"},
            {"--run is 'a b'", "--run", "a b"},
            {"--where is 'camera'", "--where", "camera"},
            {"--sample is 2.0", "--sample", "2"},
            {"--max-rate is 0.0", "--max-rate", "0"},
            {"--yield-to-live is 0", "--yield-to-live=0"},
        };
        for (String[] mistake : mistakes) {
            Map<String, String> words = new LinkedHashMap<>(Map.of(
                    "--input", "source", "--from", "beginning", "--to", "now", "--output", "mistaken", "--run", "m"));
            if (mistake.length == 2) {
                words.put(mistake[1], "");
            } else {
                words.put(mistake[1], mistake[2]);
            }
            Ran ran = rig.run(
                    "stub",
                    words.entrySet().stream()
                            .flatMap(word -> word.getValue().isEmpty()
                                    ? Stream.of(word.getKey())
                                    : Stream.of(word.getKey(), word.getValue()))
                            .toArray(String[]::new));
            assertThat(ran.exitCode()).as(mistake[0] + ": " + ran.err()).isEqualTo(2);
            assertThat(ran.err()).hasLineCount(1).contains(mistake[0]);
            assertThat(ran.out()).isEmpty();
        }
        assertThat(rig.topics()).isEqualTo(before);
    }

    @Test
    void aPlanIsShownAndNotBegunWithoutAnAnswer() throws Exception {
        rig.createTopic("planned", 2, Map.of());
        rig.send("planned", 0, 100);
        Ran shown = rig.backfill("planned", "planned-new", "planned", "--plan");
        assertThat(shown.exitCode()).isEqualTo(2);
        assertThat(shown.err()).contains("no terminal to ask on; --yes begins");
        assertThat(shown.json().get("state").asText()).isEqualTo("planned");
        assertThat(shown.json().get("events").asInt()).isEqualTo(100);
        assertThat(shown.json().get("bytes").asLong()).isPositive();
        assertThat(shown.json().get("imagesPerSecond").asDouble()).isPositive();
        assertThat(shown.json().get("partitions")).hasSize(2);
        assertThat(rig.topics()).doesNotContain("planned-new", "planned-new-dlq");
        Ran begun = rig.backfill("planned", "planned-new", "planned", "--plan", "--yes");
        assertThat(begun.exitCode()).as(begun.err()).isZero();
        assertThat(begun.out()).hasLineCount(2);
        assertThat(rig.labelled("planned-new", 0)).isEqualTo(range(0, 100));
    }

    @Test
    void runsAreComparedByTheirNames() throws Exception {
        rig.createTopic("twice", 2, Map.of());
        rig.send("twice", 0, 300);
        rig.send("twice", 1, 100);
        for (String run : List.of("first", "second")) {
            Ran ran = rig.backfill("twice", "twice-" + run, run);
            assertThat(ran.exitCode()).as(ran.err()).isZero();
        }
        Ran compared = rig.run("stub", "diff", "first", "second", "--json");
        assertThat(compared.exitCode()).as(compared.err()).isZero();
        assertThat(compared.json().get("compared").asInt()).isEqualTo(400);
        assertThat(compared.json().get("agreement").asDouble()).isEqualTo(1.0);
        assertThat(compared.json().at("/a/topics/deadLetters").asText()).isEqualTo("twice-first-dlq");
    }

    @Test
    void runsAreListedCancelledAndForgotten() throws Exception {
        rig.createTopic("kept", 1, Map.of());
        rig.send("kept", 0, 500);
        InstanceProcess process = rig.cluster()
                .track(InstanceProcess.main(
                        StubSource.class,
                        "--bootstrap",
                        rig.cluster().bootstrap(),
                        "--input=kept",
                        "--from=0",
                        "--to=now",
                        "--output=kept-new",
                        "--run=kept",
                        "--max-rate=20"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> rig.topics().contains("kept-new")
                        && !rig.records("kept-new").isEmpty());
        Ran status = rig.run("stub", "status", "kept", "--json");
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.json().get("state").asText()).isEqualTo("running");
        assertThat(status.json().get("total").asInt()).isEqualTo(500);
        assertThat(status.json().get("done").asInt()).isBetween(1, 499);
        assertThat(status.json().get("members").asInt()).isEqualTo(1);
        assertThat(rig.run("stub", "list").out()).contains("kept");
        Ran busy = rig.run("stub", "clean", "kept");
        assertThat(busy.exitCode()).isEqualTo(2);
        assertThat(busy.err()).hasLineCount(1).contains("is being worked on");
        Ran different = rig.run("other", "--input", "kept", "--run", "kept", "--from", "5");
        assertThat(different.exitCode()).isEqualTo(2);
        assertThat(different.err())
                .hasLineCount(1)
                .contains("run 'kept' exists with other parameters")
                .contains("--from is 5, not 0")
                .contains("--model is other");
        assertThat(rig.run("stub", "cancel", "kept").exitCode()).isZero();
        assertThat(process.awaitEnd(Duration.ofSeconds(60))).isEqualTo(1);
        assertThat(process.log()).contains("run 'kept' was cancelled");
        Ran taken = rig.run("stub", "--input", "kept", "--run", "kept");
        assertThat(taken.exitCode()).isEqualTo(2);
        assertThat(taken.err()).hasLineCount(1).contains("was cancelled").contains("backfill clean kept");
        assertThat(rig.run("stub", "clean", "kept", "--delete-output").exitCode())
                .isZero();
        await().atMost(Duration.ofSeconds(30)).until(() -> !rig.topics().contains("kept-new"));
        assertThat(rig.topics()).contains(RunStore.topic("resnet-streams"));
        Ran unknown = rig.run("stub", "status", "kept");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).hasLineCount(1).contains("there is no run 'kept'");
        Ran anew = rig.backfill("kept", "kept-newer", "kept");
        assertThat(anew.exitCode()).as(anew.err()).isZero();
        assertThat(rig.labelled("kept-newer", 0)).isEqualTo(range(0, 500));
        Ran again = rig.run("stub", "--input", "kept", "--run", "kept", "--json");
        assertThat(again.exitCode()).isZero();
        assertThat(again.json().get("labels").asInt()).isEqualTo(500);
        assertThat(rig.records("kept-newer")).hasSize(500);
    }
}
