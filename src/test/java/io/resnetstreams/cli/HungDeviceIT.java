package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

/** The device of an instance hangs in a batch. The instance runs in a process of its own. */
class HungDeviceIT {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final String TIMEOUT = "batch.timeoutMillis=2000";

    @Test
    void theProcessExitsAndTheNextOneLabelsEachEventOnce() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess hanging = start(cluster, HangingRun.ALWAYS).awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            long events = send(cluster, follower);
            assertThat(hanging.awaitEnd(LONGEST)).as(hanging::log).isEqualTo(1);
            assertThat(hanging.log())
                    .contains(
                            "pipeline resnet-streams failed: DeviceFailedException: the device has not returned"
                                    + " from a batch within 2000 ms, and a new copy of the network has not classified a blank image within ")
                    .doesNotContain("\tat ");
            assertThat(hanging.crash()).isEmpty();
            cluster.run().awaitRunning();
            assertAllOnce(cluster, follower, events);
        }
    }

    @Test
    void aDeviceThatHangsOnceContinuesWithANewCopyOfTheNetwork() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess hanging = start(cluster, HangingRun.ONCE).awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            long events = send(cluster, follower);
            await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() >= events);
            assertThat(hanging.log())
                    .contains(
                            "cpu: a batch has not returned within 2000 ms; trying a new copy of the network with a blank")
                    .contains("cpu: a new copy of the network takes over the batch");
            // The hung thread still computes while the process exits.
            assertThat(hanging.terminate()).as(hanging::log).isZero();
            assertThat(hanging.crash()).isEmpty();
            assertAllOnce(cluster, follower, events);
        }
    }

    private static InstanceProcess start(TestCluster cluster, String how) {
        return cluster.track(
                InstanceProcess.main(HangingRun.class, how, "--bootstrap", cluster.bootstrap(), "--set", TIMEOUT));
    }

    private static long send(TestCluster cluster, OutcomeFollower follower) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    0,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            for (EventSource.SourceEvent event : EventSource.of(List.of(TestCluster.SAMPLES))) {
                sender.send(event);
            }
            return sender.finish().sent();
        }
    }

    private static void assertAllOnce(TestCluster cluster, OutcomeFollower follower, long events) throws Exception {
        await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() >= events);
        cluster.awaitNoOpenTransaction();
        follower.finish();
        OutcomeFollower.Snapshot outcomes = follower.snapshot();
        assertThat(outcomes.labels()).isEqualTo(events);
        assertThat(outcomes.lost()).isZero();
        assertThat(outcomes.duplicates()).isZero();
        assertThat(outcomes.outOfOrder()).isZero();
        assertThat(cluster.check()).isZero();
    }
}
