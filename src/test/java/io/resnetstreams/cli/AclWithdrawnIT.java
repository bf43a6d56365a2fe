package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.cli.SecuredBroker.Grant;
import io.resnetstreams.topology.Guarantee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When an ACL is withdrawn from a running instance, the instance stops and logs the topic, the event and the missing
 * ACL.
 */
class AclWithdrawnIT {
    private static final String PRINCIPAL = "User:worker";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    private static void send(SecuredBroker broker) throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.plainAddress()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("image-events", 0, null, TestCluster.sampleImage()))
                    .get();
        }
    }

    @Test
    void theInstanceStopsAndNamesTheEventAndTheMissingAcl() throws Exception {
        assertStopsAndNamesTheMissingAcl(Guarantee.EXACTLY_ONCE_V2);
    }

    @Test
    @Tag("full") // The test above covers exactly_once_v2.
    void withAtLeastOnceTheInstanceStopsToo() throws Exception {
        assertStopsAndNamesTheMissingAcl(Guarantee.AT_LEAST_ONCE);
    }

    private void assertStopsAndNamesTheMissingAcl(Guarantee guarantee) throws Exception {
        try (SecuredBroker broker = new SecuredBroker(folder)) {
            CapturedCommand topics =
                    CapturedCommand.run(List.of("topics", "--bootstrap", broker.plainAddress(), "--partitions", "1"));
            assertThat(topics.exitCode()).as("%s", topics).isZero();
            Path connection = broker.user(Login.SCRAM, "worker");
            List<Grant> grants = new ArrayList<>(List.of(
                    Grant.topic("image-events", AclOperation.READ),
                    Grant.topic("image-events-dlq", AclOperation.WRITE),
                    new Grant(ResourceType.GROUP, PatternType.LITERAL, "resnet-streams", AclOperation.READ),
                    new Grant(
                            ResourceType.TRANSACTIONAL_ID,
                            PatternType.PREFIXED,
                            "resnet-streams-",
                            AclOperation.WRITE)));
            List<Grant> all = new ArrayList<>(grants);
            all.add(Grant.topic("image-labels", AclOperation.WRITE));
            broker.grant(PRINCIPAL, all);
            InstanceProcess instance = InstanceProcess.command(List.of(
                    "run",
                    "--config",
                    connection.toString(),
                    "--set",
                    "batch.maxSize=1",
                    "--set",
                    "guarantee=" + guarantee.property()));
            try (OutcomesBySource outcomes =
                    new OutcomesBySource(broker.plainAddress(), "image-labels", "image-events-dlq")) {
                instance.awaitRunning();
                send(broker);
                outcomes.await(1, PATIENCE);
                broker.grant(PRINCIPAL, grants);
                send(broker);
                assertThat(instance.awaitEnd(PATIENCE)).as(instance::log).isEqualTo(1);
                assertThat(instance.log())
                        .contains("the broker's ACLs deny it: Read on topic image-labels is missing, or Write")
                        .contains("topic image-labels, partition 0, refused the outcome of image-events-0@1");
            } finally {
                instance.killIfAlive();
            }
        }
    }
}
