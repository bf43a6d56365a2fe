package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.model.FormulaModel;
import io.resnetstreams.model.ModelDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while a large network is at work: batches take seconds, and the engine must not be torn down under them. */
class TerminationIT {
    @TempDir
    private Path folder;

    @Test
    void anInstanceEndsWithZeroInTheMiddleOfABatch() throws Exception {
        ModelDirectory model = FormulaModel.write(folder.resolve("resnet50"), "resnet50", 10);
        try (TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.run("model=" + model.directory()).awaitRunning();
            OutcomeFollower follower = cluster.follow(Map.of());
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                EventSender sender = new EventSender(
                        producer,
                        cluster.configuration().topics().input(),
                        0,
                        metadata -> follower.expect(metadata.partition(), metadata.offset()));
                for (EventSource.SourceEvent event : EventSource.of(List.of(TestCluster.SAMPLES))) {
                    sender.send(event);
                }
                sender.finish();
            }
            // The first labels are there, hundreds of events wait: both workers are in the middle of a batch.
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> follower.snapshot().outcomes() > 0);
            assertThat(instance.terminate()).as(instance::log).isZero();
            assertThat(instance.log()).doesNotContain("SIGSEGV").contains("Ended: ");
            follower.finish();
        }
    }
}
