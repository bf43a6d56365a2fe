package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.BackfillPlan;
import io.resnetstreams.backfill.BackfillPlan.PartitionRange;
import io.resnetstreams.backfill.BackfillRun;
import io.resnetstreams.backfill.GroupProgress;
import io.resnetstreams.backfill.RunStore;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.monitor.BackfillWatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs are stored in Kafka and shared by several processes. */
@ExtendWith(SharedBackfillRig.class)
class RunStoreIT {
    private static final int RACES = 8;
    private static final int RACERS = 4;

    private static BackfillRig rig;

    @BeforeAll
    static void start(BackfillRig shared) {
        rig = shared;
    }

    private static BackfillPlan plan(String run, String input, long lastEvent, long createdMillis) {
        return plan(run, input, lastEvent, createdMillis, false);
    }

    private static BackfillPlan plan(String run, String input, long lastEvent, long createdMillis, boolean allowGaps) {
        return new BackfillPlan(
                run,
                BackfillPlan.group("app", run),
                new BackfillParameters(
                        input,
                        input + "-new",
                        input + "-dlq",
                        "0",
                        "now",
                        "all",
                        Map.of(),
                        1,
                        allowGaps,
                        new ModelReference("stub", "ab"),
                        "exactly_once_v2"),
                1,
                List.of(new PartitionRange(0, 2, lastEvent + 1, lastEvent)),
                List.of(0L),
                List.of(0L),
                createdMillis);
    }

    private static RunStore store() {
        return new RunStore(rig.cluster().clients(), "app");
    }

    @Test
    void concurrentPlansResultInOneSharedRun() throws Exception {
        rig.createTopic("raced", 1, Map.of());
        ExecutorService processes = Executors.newFixedThreadPool(RACERS);
        try {
            for (int race = 0; race < RACES; race++) {
                String name = "race-" + race;
                List<CompletableFuture<BackfillRun>> begun = IntStream.range(0, RACERS)
                        .mapToObj(number -> CompletableFuture.supplyAsync(
                                () -> {
                                    try (RunStore store = store()) {
                                        return store.begin(plan(name, "raced", 9, number));
                                    }
                                },
                                processes))
                        .toList();
                BackfillRun first = begun.get(0).join();
                assertThat(begun).allSatisfy(run -> assertThat(run.join()).isEqualTo(first));
                try (RunStore store = store()) {
                    assertThat(store.run(name)).isEqualTo(first);
                }
            }
        } finally {
            processes.shutdownNow();
        }
    }

    @Test
    void thePageShowsRunningRuns() throws Exception {
        rig.createTopic("shown", 1, Map.of());
        Configuration configuration = new ConfigurationLoader()
                .set("bootstrapServers", rig.cluster().bootstrap(), "test")
                .set("applicationId", "app", "test")
                .load();
        try (RunStore store = store();
                BackfillWatch watch = BackfillWatch.start(configuration, () -> true)) {
            store.begin(plan("shown", "shown", 9, 5));
            await().atMost(Duration.ofSeconds(60)).until(() -> watch.runs().stream()
                    .anyMatch(run -> run.name().equals("shown")
                            && run.state().equals("running")
                            && run.done() == 0
                            && run.total() > 0));
            store.change("shown", run -> run.cancelled(6));
            await().atMost(Duration.ofSeconds(60)).until(() -> watch.runs().stream()
                    .noneMatch(run -> run.name().equals("shown")));
        }
    }

    @Test
    void aRunStartsWithItsGroupsOffsets() throws Exception {
        rig.createTopic("offsets", 1, Map.of());
        try (RunStore store = store()) {
            assertThat(store.run("offsets")).isNull();
            BackfillRun run = store.begin(plan("offsets", "offsets", 9, 5));
            // The group sees the transaction's marker a moment later.
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(rig.admin()
                            .listConsumerGroupOffsets(run.plan().group())
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsEntry(new TopicPartition("offsets", 0), new OffsetAndMetadata(2)));
        }
    }

    @Test
    void theStateOfAnEndedRunIsFinal() throws Exception {
        rig.createTopic("ended", 1, Map.of());
        try (RunStore store = store();
                RunStore other = store()) {
            store.begin(plan("ended", "ended", 9, 5));
            BackfillRun cancelled = store.change("ended", run -> run.cancelled(7));
            assertThat(cancelled.state()).isEqualTo(BackfillRun.State.CANCELLED);
            assertThat(other.change("ended", run -> run.finished(8, null))).isEqualTo(cancelled);
            assertThat(other.change("ended", run -> null)).isNull();
            assertThat(store.runs()).doesNotContainKey("ended");
        }
    }

    /** Simulates compaction that removes the last event after planning. */
    @Test
    void aPartitionWithoutItsLastEventIsDoneAfterThePreviousOne() throws Exception {
        rig.createTopic("shrunk", 1, Map.of());
        rig.send("shrunk", 0, 30);
        try (Producer<byte[], byte[]> producer = rig.cluster().clients().transactionalProducer("test")) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int number = 0; number < 20; number++) {
                producer.send(BackfillRig.event("shrunk", 0, number));
            }
            producer.flush();
            producer.abortTransaction();
        }
        BackfillPlan plan = plan("shrunk", "shrunk", 40, 5);
        commit(plan, 20);
        try (GroupProgress progress = new GroupProgress(rig.cluster().clients(), plan)) {
            progress.lookAgain();
            assertThat(progress.read().isComplete()).isFalse();
            assertThat(progress.read().done()).isEqualTo(18);
            commit(plan, 30);
            assertThat(progress.read().isComplete()).isTrue();
            assertThat(progress.read().done()).isEqualTo(39);
        }
    }

    @Test
    void deletedEventsAreDoneOnlyWhereGapsAreAllowed() throws Exception {
        rig.createTopic("cut", 1, Map.of());
        rig.send("cut", 0, 30);
        BackfillPlan strict = plan("cut", "cut", 25, 5);
        commit(strict, 20);
        rig.admin()
                .deleteRecords(Map.of(new TopicPartition("cut", 0), RecordsToDelete.beforeOffset(26)))
                .all()
                .get();
        try (GroupProgress progress = new GroupProgress(rig.cluster().clients(), strict)) {
            progress.lookAgain();
            assertThat(progress.read().isComplete()).isFalse();
        }
        try (GroupProgress progress = new GroupProgress(rig.cluster().clients(), plan("cut", "cut", 25, 5, true))) {
            assertThat(progress.read().isComplete()).isFalse();
            progress.lookAgain();
            assertThat(progress.read().isComplete()).isTrue();
        }
    }

    private static void commit(BackfillPlan plan, long offset) throws Exception {
        rig.admin()
                .alterConsumerGroupOffsets(
                        plan.group(),
                        Map.of(new TopicPartition(plan.parameters().input(), 0), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }
}
