package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.clock.SettableClock;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance's wall clock is stepped while it runs. The clocks of the broker and the test are not changed. */
class ClockStepIT {
    private static final Duration SOON = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

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

    @Test
    void setBackByAnHourNothingIsLost() throws Exception {
        assertNothingIsLost("exactly_once_v2", Duration.ofHours(-1), "set back by 3600");
    }

    @Test
    @Tag("full") // The test above sets the clock back, which is the harder case. ClockStepsTest covers both.
    void setAheadByAnHourNothingIsLost() throws Exception {
        assertNothingIsLost("exactly_once_v2", Duration.ofHours(1), "3600");
    }

    @Test
    @Tag("full") // The test above covers exactly_once_v2, whose transactions depend on time.
    void withAtLeastOnceNothingIsLost() throws Exception {
        assertNothingIsLost("at_least_once", Duration.ofHours(-1), "set back by 3600");
    }

    private void assertNothingIsLost(String guarantee, Duration step, String warning) throws Exception {
        SettableClock clock = new SettableClock(folder);
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.track(InstanceProcess.run(
                            clock.environment(),
                            cluster.bootstrap(),
                            "guarantee=" + guarantee,
                            "metrics.port=0",
                            "streamThreads=2"))
                    .awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            long before = send(cluster, follower);
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().outcomes() >= before);
            clock.set(step);
            // One step while the instance is idle, one while it is busy.
            instance.awaitLog(warning);
            long after = before + send(cluster, follower);
            await().atMost(SOON).until(() -> follower.snapshot().outcomes() >= after);
            long last = after + send(cluster, follower);
            clock.set(step.multipliedBy(10));
            await().atMost(SOON).until(() -> follower.snapshot().outcomes() >= last);
            Endpoint endpoint =
                    new Endpoint("http://" + instance.metricsEndpoint().orElseThrow());
            await().atMost(SOON).until(() -> endpoint.ready().statusCode() == 200);
            assertThat(endpoint.live().statusCode()).isEqualTo(200);
            assertThat(instance.terminate()).as(instance::log).isZero();
            cluster.awaitNoOpenTransaction();
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
            if (guarantee.startsWith("exactly")) {
                assertThat(outcomes.duplicates()).isZero();
                assertThat(cluster.check()).isZero();
            }
        }
    }
}
