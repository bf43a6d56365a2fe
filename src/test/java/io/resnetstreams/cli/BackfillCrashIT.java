package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.GroupProgress;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes that share a run are repeatedly killed with {@code kill -9}. */
class BackfillCrashIT {
    private static final long SEED = Long.getLong("seed", 1);
    private static final int PARTITIONS = 6;
    private static final int PROCESSES = 3;
    private static final Path TEST_IMAGES = Path.of("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz");

    @Test
    @Tag("full") // The test below kills processes of a sampled run and also checks what is labelled.
    void aRunSurvivesTheKillOfAnyProcess() throws Exception {
        int perPartition = 3_000;
        try (BackfillRig rig = new BackfillRig()) {
            rig.createTopic("events", PARTITIONS, Map.of());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                rig.send("events", partition, perPartition);
            }
            relabelDespiteKills(
                    rig,
                    () -> InstanceProcess.main(
                            StubSource.class, words(rig, "--run=crash", "--output=new-labels", "--max-rate=300")),
                    PARTITIONS * perPartition,
                    5,
                    400);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(rig.labelled("new-labels", partition))
                        .isEqualTo(LongStream.range(0, perPartition).boxed().toList());
            }
        }
    }

    /**
     * Most events are skipped, so a process can lose a partition and get it back without having labelled any of its
     * events. It must then not commit the offset from its first ownership.
     */
    @Test
    void aSampledRunLabelsEachEventOnceDespiteReassignments() throws Exception {
        int perPartition = 3_000;
        try (BackfillRig rig = new BackfillRig()) {
            rig.createTopic("events", PARTITIONS, Map.of());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                rig.send("events", partition, perPartition);
            }
            JsonNode result = runDespiteKills(
                    rig,
                    () -> InstanceProcess.main(
                            StubSource.class,
                            words(rig, "--run=crash", "--output=new-labels", "--max-rate=300", "--sample=0.02")),
                    4,
                    400);
            int labels = 0;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                List<Long> offsets = rig.labelled("new-labels", partition);
                assertThat(offsets)
                        .as("seed %d, partition %d", SEED, partition)
                        .isSorted()
                        .doesNotHaveDuplicates();
                labels += offsets.size();
            }
            assertThat(result.get("labels").asInt()).isEqualTo(labels).isBetween(1, PARTITIONS * perPartition / 10);
        }
    }

    /** Relabels the test images of Fashion-MNIST ten times with the bundled network. */
    @Test
    @Tag("slow")
    void hundredThousandImagesAreRelabelledThroughTenKills() throws Exception {
        if (!Files.exists(TEST_IMAGES)) {
            String reason = "skipped: Debian's package dataset-fashion-mnist is not installed";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        try (BackfillRig rig = new BackfillRig()) {
            rig.createTopic("events", PARTITIONS, Map.of());
            long[] counts = sendImages(rig, 10);
            List<String> words = new ArrayList<>(List.of("backfill"));
            words.addAll(List.of(words(rig, "--run=crash", "--output=new-labels")));
            relabelDespiteKills(rig, () -> InstanceProcess.command(words), 100_000, 10, 8_000);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(rig.labelled("new-labels", partition))
                        .isEqualTo(
                                LongStream.range(0, counts[partition]).boxed().toList());
            }
        }
    }

    /**
     * Relabels a million events twice, planning and audit included, each time in one process; then compares both. Each
     * process has a heap of 240 MB.
     */
    @Test
    @Tag("slow")
    void aMillionEventsFitIntoTheSameMemory() throws Exception {
        int perPartition = 250_000;
        try (BackfillRig rig = new BackfillRig()) {
            rig.createTopic("events", 4, Map.of());
            for (int partition = 0; partition < 4; partition++) {
                rig.send("events", partition, perPartition);
            }
            for (String run : List.of("first", "second")) {
                String[] words = words(rig, "--plan", "--yes", "--run=" + run, "--output=" + run + "-labels");
                InstanceProcess process =
                        rig.cluster().track(InstanceProcess.main("-Xmx240m", StubSource.class, words));
                assertThat(process.awaitEnd(Duration.ofMinutes(15)))
                        .as(process.log())
                        .isZero();
                JsonNode result = rig.run("stub", "status", run, "--json").json();
                assertThat(result.get("labels").asInt()).isEqualTo(4 * perPartition);
                assertThat(result.get("lost").asInt()).isZero();
            }
            InstanceProcess diff = rig.cluster()
                    .track(InstanceProcess.command(
                            "240m",
                            List.of(
                                    "backfill",
                                    "diff",
                                    "first",
                                    "second",
                                    "--bootstrap",
                                    rig.cluster().bootstrap())));
            assertThat(diff.awaitEnd(Duration.ofMinutes(5))).as(diff.log()).isZero();
            assertThat(diff.log()).contains("1,000,000 compared: 100.00 % agree, 0 changed");
        }
    }

    private static String[] words(BackfillRig rig, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--bootstrap",
                rig.cluster().bootstrap(),
                "--input=events",
                "--from=beginning",
                "--to=now",
                "--set",
                "brokerTimeoutMillis=120000"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** Starts three processes. Repeatedly kills one of them after a random number of offsets, and starts another. */
    private static void relabelDespiteKills(
            BackfillRig rig, Supplier<InstanceProcess> start, int events, int kills, int longestStep) throws Exception {
        JsonNode result = runDespiteKills(rig, start, kills, longestStep);
        assertThat(result.get("events").asInt()).isEqualTo(events);
        assertThat(result.get("labels").asInt()).isEqualTo(events);
    }

    private static JsonNode runDespiteKills(
            BackfillRig rig, Supplier<InstanceProcess> start, int kills, int longestStep) throws Exception {
        System.out.printf("backfill with %d kills, seed %d%n", kills, SEED);
        Random random = new Random(SEED);
        List<InstanceProcess> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(rig.cluster().track(start.get()));
        }
        try (GroupProgress progress = new GroupProgress(rig.cluster().clients(), plan(rig))) {
            for (int kill = 0; kill < kills; kill++) {
                long wanted = progress.read().done() + 1 + random.nextInt(longestStep);
                await().atMost(Duration.ofSeconds(180))
                        .until(() -> progress.read().done() >= wanted);
                assertThat(progress.read().isComplete())
                        .as("the run is complete before the kill")
                        .isFalse();
                int victim = random.nextInt(processes.size());
                processes.get(victim).kill();
                processes.set(victim, rig.cluster().track(start.get()));
            }
        }
        for (InstanceProcess process : processes) {
            assertThat(process.awaitEnd(Duration.ofMinutes(10)))
                    .as(process.log())
                    .isZero();
        }
        JsonNode result = rig.run("stub", "status", "crash", "--json").json();
        System.out.println(result);
        assertThat(result.get("state").asText()).isEqualTo("finished");
        assertThat(result.get("lost").asInt()).isZero();
        assertThat(result.get("duplicates").asInt()).isZero();
        assertThat(result.get("outOfOrder").asInt()).isZero();
        return result;
    }

    private static BackfillPlan plan(BackfillRig rig) {
        try (RunStore store = new RunStore(rig.cluster().clients(), "resnet-streams")) {
            await().atMost(Duration.ofSeconds(120)).until(() -> store.run("crash") != null);
            return store.run("crash").plan();
        }
    }

    /** Returns the number of events per partition. */
    private static long[] sendImages(BackfillRig rig, int repeat) throws InterruptedException {
        EventSource source = EventSource.of(List.of(TEST_IMAGES)).kept();
        long[] counts = new long[PARTITIONS];
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().producer()) {
            EventSender sender = new EventSender(
                    producer, "events", 0, metadata -> counts[metadata.partition()] = metadata.offset() + 1);
            for (int round = 0; round < repeat; round++) {
                for (SourceEvent event : source) {
                    sender.send(event);
                }
            }
            assertThat(sender.finish().failed()).isZero();
        }
        return counts;
    }
}
