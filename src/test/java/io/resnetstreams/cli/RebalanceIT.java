package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

/** A second instance joins while events flow, and leaves by SIGTERM. */
class RebalanceIT {
    @Test
    void joiningAndLeavingNeitherLosesNorDuplicatesNorReorders() throws Exception {
        // Events are sent until both changes are complete, however long an instance takes to start.
        AtomicBoolean settled = new AtomicBoolean();
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(Map.of());
            InstanceProcess first = cluster.run().awaitRunning();
            CompletableFuture<Long> sending = CompletableFuture.supplyAsync(() -> send(cluster, follower, settled));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> follower.snapshot().outcomes() > 500);
            InstanceProcess second = cluster.run().awaitRunning();
            long whenJoined = follower.snapshot().outcomes();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> follower.snapshot().outcomes() > whenJoined + 1_000);
            assertThat(second.terminate()).isZero();
            settled.set(true);
            long events = sending.join();
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().outcomes() >= events);
            assertThat(first.terminate()).isZero();
            cluster.awaitNoOpenTransaction();
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
            assertThat(outcomes.labels()).isEqualTo(events);
            assertThat(second.log()).contains("Ended: ").doesNotContain("Ended: 0 labels");
        } finally {
            settled.set(true);
        }
    }

    private static long send(TestCluster cluster, OutcomeFollower follower, AtomicBoolean settled) {
        EventSource source = EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    400,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            while (!settled.get()) {
                for (SourceEvent event : source) {
                    sender.send(event);
                }
            }
            return sender.finish().sent();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
