package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.bench.FormulaModel;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGTERM in various states of an instance. The engine must not be unloaded while a thread still computes. */
class TerminationIT {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    /** The longest time from the start of a process to its own exit. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(300);
    /** Even an immediate exit takes time on a busy machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private String largeModel() throws Exception {
        ModelDirectory model = FormulaModel.write(folder.resolve("resnet18"), "resnet18", 10);
        return "model=" + model.directory();
    }

    private static void send(TestCluster cluster, OutcomeFollower follower) throws InterruptedException {
        send(cluster, follower, Integer.MAX_VALUE);
    }

    private static void send(TestCluster cluster, OutcomeFollower follower, int most) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    0,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            int sent = 0;
            for (EventSource.SourceEvent event : EventSource.of(List.of(TestCluster.SAMPLES))) {
                if (sent++ < most) {
                    sender.send(event);
                }
            }
            sender.finish();
        }
    }

    private static void assertExitsWithZero(InstanceProcess instance) throws Exception {
        assertThat(instance.terminate()).as(instance::log).isZero();
        assertThat(instance.crash()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void inTheMiddleOfABatch(EngineName engine) throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            // The workers leave little processor time to the stream thread, and the machine may be busy.
            InstanceProcess instance = cluster.run(largeModel(), "engine=" + engine, "shutdownTimeoutMillis=50000")
                    .awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            send(cluster, follower);
            // After the first labels hundreds of events still wait, so both workers are in the middle of a batch.
            await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() > 0);
            assertExitsWithZero(instance);
            assertThat(instance.log()).contains("Ended: ");
            assertThat(cluster.members()).isZero();
            follower.finish();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileItLoadsTheModel(EngineName engine) throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            assertExitsWithZero(cluster.run(largeModel(), "engine=" + engine).awaitLog("Loading the model"));
        }
    }

    @Test
    void whileItWaitsForTheBroker() throws Exception {
        InstanceProcess instance = InstanceProcess.run("127.0.0.1:1", "brokerTimeoutMillis=600000");
        try {
            assertExitsWithZero(instance.awaitLog("Looking for the topics"));
        } finally {
            instance.killIfAlive();
        }
    }

    @Test
    void whileItIsIdleAndWhileItRebalances() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess first = cluster.run().awaitRunning();
            InstanceProcess second = cluster.run().awaitLog("-> REBALANCING");
            assertExitsWithZero(second);
            assertThat(cluster.members()).isEqualTo(1);
            assertExitsWithZero(first);
            assertThat(cluster.members()).isZero();
            assertThat(first.log()).contains("Ended: 0 labels");
        }
    }

    @Test
    void whileItsDeviceHangsAndItsWindowIsFull() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.track(InstanceProcess.main(
                            HangingRun.class,
                            HangingRun.ALWAYS,
                            "--bootstrap",
                            cluster.bootstrap(),
                            "--set",
                            "batch.timeoutMillis=3600000",
                            "--set",
                            "window.maxEvents=200",
                            "--set",
                            "statusSeconds=1"))
                    .awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            send(cluster, follower);
            instance.awaitLog("in flight: 2");
            assertExitsWithZero(instance);
            assertThat(cluster.members()).isZero();
            follower.finish();
        }
    }

    @Test
    void withoutABrokerItExitsWithinItsTimeout() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.run("shutdownTimeoutMillis=3000").awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            send(cluster, follower);
            await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() > 0);
            cluster.stopBroker();
            instance.signal();
            assertThat(instance.awaitEnd(AT_ONCE)).as(instance::log).isEqualTo(1);
            assertThat(instance.log()).contains("Not closed within 3000 ms");
            assertThat(instance.crash()).isEmpty();
        }
    }

    @Test
    void aStoppedBackfillCanBeContinued() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(Map.of());
            send(cluster, follower, 400);
            List<String> words = new ArrayList<>(List.of(
                    "backfill",
                    "--run",
                    "stopped",
                    "--from",
                    "beginning",
                    "--to",
                    "now",
                    "--output",
                    "again",
                    "--bootstrap",
                    cluster.bootstrap()));
            words.addAll(InstanceProcess.PATIENT);
            List<String> slow = new ArrayList<>(words);
            slow.addAll(List.of("--max-rate", "20"));
            InstanceProcess instance = cluster.track(InstanceProcess.command(slow));
            instance.awaitRunning();
            assertThat(instance.terminate()).as(instance::log).isEqualTo(1);
            assertThat(instance.log()).contains("was stopped here; 'backfill --run stopped' continues it");
            assertThat(instance.crash()).isEmpty();
            InstanceProcess next = cluster.track(InstanceProcess.command(words));
            assertThat(next.awaitEnd(LONGEST_RUN)).as(next::log).isZero();
            follower.finish();
        }
    }

    @Test
    void aSecondSignalStopsItImmediately() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance =
                    cluster.run("shutdownTimeoutMillis=3600000").awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            send(cluster, follower);
            await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() > 0);
            cluster.stopBroker();
            instance.signal();
            instance.awaitLog("a second signal ends at once");
            instance.signal();
            assertThat(instance.awaitEnd(AT_ONCE)).as(instance::log).isEqualTo(143);
            assertThat(instance.crash()).isEmpty();
        }
    }
}
