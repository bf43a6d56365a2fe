package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.topology.PipelineWithoutFrontier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One of two instances is repeatedly killed with {@code kill -9} while events flow; profile {@code full} kills more
 * often.
 */
class CrashIT {
    private static final int EVENTS = 3_000;
    private static final int KILLS = 2;
    /** More events, since not every kill loses one. */
    private static final int CONTROL_EVENTS = 9_000;

    private static final int CONTROL_KILLS = 8;
    private static final int EVENTS_A_SECOND = 300;
    private static final long SEED = Long.getLong("seed", 1);

    @Test
    void exactlyOnceNeitherLosesNorDuplicatesNorReorders() throws Exception {
        OutcomeFollower.Snapshot outcomes;
        try (TestCluster cluster = TestCluster.start()) {
            outcomes = crash(cluster, () -> cluster.run("guarantee=exactly_once_v2"), EVENTS, KILLS, true);
            assertThat(cluster.check()).isZero();
        }
        System.out.printf("exactly_once_v2, %d kills, seed %d: %s%n", KILLS, SEED, outcomes);
        assertThat(outcomes.events()).isEqualTo(EVENTS);
        assertThat(outcomes.lost()).isZero();
        assertThat(outcomes.duplicates()).isZero();
        assertThat(outcomes.outOfOrder()).isZero();
        assertThat(outcomes.labels()).isEqualTo(EVENTS);
    }

    @Test
    void atLeastOnceLosesNothing() throws Exception {
        OutcomeFollower.Snapshot outcomes;
        try (TestCluster cluster = TestCluster.start()) {
            outcomes = crash(cluster, () -> cluster.run("guarantee=at_least_once"), EVENTS, KILLS, true);
        }
        System.out.printf("at_least_once, %d kills, seed %d: %s%n", KILLS, SEED, outcomes);
        assertThat(outcomes.events()).isEqualTo(EVENTS);
        assertThat(outcomes.lost()).isZero();
    }

    /** Without the commit frontier events must be lost; otherwise the tests above could not detect a loss. */
    @Test
    @Tag("full") // OutcomeAuditTest checks that losses are detected.
    void withoutTheFrontierEventsAreLost() throws Exception {
        OutcomeFollower.Snapshot outcomes;
        try (TestCluster cluster = TestCluster.start()) {
            outcomes = crash(
                    cluster,
                    () -> cluster.track(InstanceProcess.main(PipelineWithoutFrontier.class, cluster.bootstrap())),
                    CONTROL_EVENTS,
                    CONTROL_KILLS,
                    false);
            assertThat(cluster.check()).isEqualTo(1);
        }
        System.out.printf("without the frontier, %d kills, seed %d: %s%n", CONTROL_KILLS, SEED, outcomes);
        assertThat(outcomes.events()).isEqualTo(CONTROL_EVENTS);
        assertThat(outcomes.lost()).isPositive();
        assertThat(outcomes.labels()).isPositive();
    }

    private static OutcomeFollower.Snapshot crash(
            TestCluster cluster, Supplier<InstanceProcess> start, int events, int kills, boolean all) throws Exception {
        Random random = new Random(SEED);
        OutcomeFollower follower = cluster.follow(Map.of());
        List<InstanceProcess> instances = new ArrayList<>(List.of(start.get(), start.get()));
        instances.forEach(InstanceProcess::awaitRunning);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(cluster, follower, events));
        for (int kill = 0; kill < kills; kill++) {
            long before = follower.snapshot().outcomes();
            long wanted = Math.min(events - 1L, before + 400 + random.nextInt(400));
            await().atMost(Duration.ofSeconds(120))
                    .until(() ->
                            follower.snapshot().outcomes() >= wanted || !all && sending.isDone() && cluster.hasNoLag());
            int victim = random.nextInt(instances.size());
            instances.get(victim).kill();
            instances.set(victim, start.get());
        }
        sending.join();
        awaitOutcomes(cluster, follower, events, all);
        for (InstanceProcess instance : instances) {
            instance.awaitRunning();
            assertThat(instance.terminate()).isEqualTo(all ? 0 : 143);
        }
        cluster.awaitNoOpenTransaction();
        follower.finish();
        return follower.snapshot();
    }

    /** Waits for all outcomes or, if some are lost, until the group has no lag. */
    private static void awaitOutcomes(TestCluster cluster, OutcomeFollower follower, int events, boolean all) {
        if (all) {
            await().atMost(Duration.ofSeconds(180))
                    .until(() -> follower.snapshot().outcomes() >= events);
        } else {
            // Everything is consumed; waits until the events in flight have their outcomes.
            await().atMost(Duration.ofSeconds(240)).until(cluster::hasNoLag);
            long[] last = {0};
            await().atMost(Duration.ofSeconds(180))
                    .pollInterval(Duration.ofSeconds(8))
                    .until(() -> {
                        long before = last[0];
                        last[0] = follower.snapshot().outcomes();
                        return before > 0 && before == last[0];
                    });
        }
    }

    private static void send(TestCluster cluster, OutcomeFollower follower, int events) {
        EventSource source = EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    EVENTS_A_SECOND,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            int sent = 0;
            while (sent < events) {
                for (SourceEvent event : source) {
                    if (sent++ < events) {
                        sender.send(event);
                    }
                }
            }
            EventSender.Result result = sender.finish();
            assertThat(result.failed()).isZero();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
