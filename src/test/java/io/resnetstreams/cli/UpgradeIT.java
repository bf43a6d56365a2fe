package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.service.BuildVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows {@code docs/upgrading.md}: while events flow, instances are replaced with another build one at a time, one is
 * rolled back, and then all get another model.
 */
@Tag("full") // RollingChangeIT replaces instances, models and topologies within one process.
class UpgradeIT {
    private static final Path MODEL = Path.of("models", "resnet20-fashion-mnist");
    private static final Path NEXT_MODEL = Path.of("models", "resnet20-fashion-mnist-int8");
    private static final int EVENTS_A_SECOND = 200;
    /** Outcomes that must follow each step, from any instance. */
    private static final int EVENTS_A_STEP = 200;

    @TempDir
    private static Path folder;

    /** Two instances. To replace one, it is stopped before the next one is started. */
    private static final class Instances {
        private final TestCluster cluster;
        private final SteadyEvents events;
        private final List<InstanceProcess> running = new ArrayList<>();

        Instances(TestCluster cluster, SteadyEvents events) {
            this.cluster = cluster;
            this.events = events;
        }

        void replace(int index, OtherBuild build, Path model) throws InterruptedException {
            assertThat(running.get(index).terminate())
                    .as(running.get(index)::log)
                    .isZero();
            running.set(index, start(build, model));
            events.awaitMore(EVENTS_A_STEP);
        }

        InstanceProcess start(OtherBuild build, Path model) {
            String[] settings = {
                "model=" + model.toAbsolutePath(),
                // A busy machine must not cause session timeouts, which would change the order of models.
                "kafka.main.consumer.session.timeout.ms=60000",
                "kafka.producer.transaction.timeout.ms=60000"
            };
            InstanceProcess instance = build == null ? cluster.run(settings) : cluster.run(build, settings);
            return instance.awaitRunning();
        }
    }

    @Test
    void buildsAndModelsAreReplacedWhileEventsFlow() throws Exception {
        OtherBuild before = OtherBuild.find(folder);
        try (TestCluster cluster = TestCluster.start();
                SteadyEvents events = SteadyEvents.ofSamples(cluster.configuration(), EVENTS_A_SECOND)) {
            Instances instances = new Instances(cluster, events);
            instances.running.add(instances.start(before, MODEL));
            instances.running.add(instances.start(before, MODEL));
            events.awaitMore(EVENTS_A_STEP);
            assertThat(instances.running.get(0).log().contains(OtherBuild.COPY_VERSION))
                    .isEqualTo(OtherBuild.isCopy());

            instances.replace(0, null, MODEL);
            assertThat(instances.running.get(0).log()).contains("resnet-streams " + new BuildVersion().version());
            instances.replace(1, null, MODEL);
            instances.replace(0, before, MODEL);

            List<TopicPartition> labels = cluster.clients()
                    .partitions(cluster.configuration().topics().labels());
            Map<TopicPartition, Long> firstStarts = cluster.ends(labels, IsolationLevel.READ_COMMITTED);
            instances.replace(0, null, NEXT_MODEL);
            assertThat(instances.running.get(1).terminate()).isZero();
            Map<TopicPartition, Long> lastHasEnded = cluster.ends(labels, IsolationLevel.READ_UNCOMMITTED);
            instances.running.set(1, instances.start(null, NEXT_MODEL));
            events.awaitMore(EVENTS_A_STEP);

            events.settle();
            for (InstanceProcess instance : instances.running) {
                assertThat(instance.terminate()).as(instance::log).isZero();
            }
            assertEachEventHasOneLabelInOrder(cluster, events);
            assertTheModelsAreInOrder(cluster.configuration(), firstStarts, lastHasEnded);
        }
    }

    private static void assertEachEventHasOneLabelInOrder(TestCluster cluster, SteadyEvents events)
            throws InterruptedException {
        OutcomeFollower.Snapshot outcomes = events.finish();
        System.out.println("replaced while events flowed: " + outcomes);
        assertThat(outcomes.lost()).isZero();
        assertThat(outcomes.duplicates()).isZero();
        assertThat(outcomes.outOfOrder()).isZero();
        assertThat(outcomes.labels()).isEqualTo(outcomes.events());
        assertThat(cluster.check()).isZero();
    }

    private static void assertTheModelsAreInOrder(
            Configuration configuration, Map<TopicPartition, Long> firstStarts, Map<TopicPartition, Long> lastHasEnded)
            throws Exception {
        String old = ModelDirectory.load(MODEL).digest();
        String next = ModelDirectory.load(NEXT_MODEL).digest();
        LabelDigests digests = LabelDigests.read(configuration);
        assertThat(digests.before(firstStarts)).isNotEmpty().containsOnly(old);
        assertThat(digests.from(lastHasEnded)).isNotEmpty().containsOnly(next);
        assertThat(digests.sequences().values()).isNotEmpty().allSatisfy(sequence -> assertThat(sequence)
                .isIn(List.of(old, next), List.of(next), List.of(old)));
    }
}
