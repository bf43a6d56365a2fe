package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An instance whose wall clock is set while it works; libfaketime sets it for that process alone. */
class ClockStepIT {
    private static final Path LIBRARY = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    private static final Duration SOON = Duration.ofSeconds(45);

    @TempDir
    private Path folder;

    private void setClock(String offset) throws IOException {
        // In one step, since it is read all the time.
        Path next = Files.writeString(folder.resolve("next"), offset);
        Files.move(next, folder.resolve("offset"), StandardCopyOption.ATOMIC_MOVE);
    }

    private InstanceProcess start(TestCluster cluster, String guarantee) throws IOException {
        setClock("+0");
        Map<String, String> environment = Map.of(
                "LD_PRELOAD", LIBRARY.toString(),
                "FAKETIME_TIMESTAMP_FILE", folder.resolve("offset").toString(),
                "FAKETIME_NO_CACHE", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1");
        return cluster.track(InstanceProcess.run(
                environment, cluster.bootstrap(), "guarantee=" + guarantee, "metrics.port=0", "streamThreads=2"));
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

    @ParameterizedTest
    @CsvSource({
        "exactly_once_v2, -3600, set back by 3600",
        "at_least_once, -3600, set back by 3600",
        "exactly_once_v2, +3600, 3600"
    })
    void labelsGoOnAndNothingIsLost(String guarantee, String offset, String warning) throws Exception {
        DebianTools.requireThat(Files.exists(LIBRARY), LIBRARY + " is not there (Debian's faketime)");
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = start(cluster, guarantee).awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            long before = send(cluster, follower);
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().outcomes() >= before);
            setClock(offset);
            // Once while it is idle, and once while it works.
            instance.awaitLog(warning);
            long after = before + send(cluster, follower);
            await().atMost(SOON).until(() -> follower.snapshot().outcomes() >= after);
            long last = after + send(cluster, follower);
            setClock(offset + "0");
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
