package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** A real broker with the pipeline's topics, and a follower of what comes out. */
final class TestCluster implements AutoCloseable {
    static final Path SAMPLES = Path.of("models", "resnet20-fashion-mnist", "samples");

    private final EmbeddedBroker broker;
    private final Configuration configuration;
    private final KafkaClients clients;
    private final List<InstanceProcess> instances = new ArrayList<>();

    private TestCluster(EmbeddedBroker broker, Configuration configuration) {
        this.broker = broker;
        this.configuration = configuration;
        this.clients = new KafkaClients(configuration);
    }

    static TestCluster start() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("resnet-streams-it");
        EmbeddedBroker broker = EmbeddedBroker.start(directory, 0, 17 << 20);
        Configuration configuration = new ConfigurationLoader()
                .set("bootstrapServers", broker.bootstrapServers(), "test")
                .load();
        TopicsCommand.create(configuration);
        return new TestCluster(broker, configuration);
    }

    Configuration configuration() {
        return configuration;
    }

    KafkaClients clients() {
        return clients;
    }

    /** Runs {@code check} on the topics, with further options, and returns its exit code. */
    int check(String... options) {
        List<String> arguments = new ArrayList<>(List.of("--bootstrap", bootstrap()));
        arguments.addAll(List.of(options));
        return Main.commandLine().getSubcommands().get("check").execute(arguments.toArray(String[]::new));
    }

    String bootstrap() {
        return broker.bootstrapServers();
    }

    InstanceProcess run(String... settings) {
        return track(InstanceProcess.run(bootstrap(), settings));
    }

    InstanceProcess track(InstanceProcess instance) {
        instances.add(instance);
        return instance;
    }

    OutcomeFollower follow(Map<String, Integer> expectedClasses) {
        return new OutcomeFollower(
                clients.committedReader(), outputs(), configuration.topics().names(), expectedClasses);
    }

    private List<TopicPartition> outputs() {
        List<TopicPartition> outputs =
                new ArrayList<>(clients.partitions(configuration.topics().labels()));
        outputs.addAll(clients.partitions(configuration.topics().deadLetters()));
        return outputs;
    }

    /** Waits until no open transaction of a killed instance hides records, so that a duplicate behind it is seen. */
    void awaitNoOpenTransaction() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED)));
    }

    private Map<TopicPartition, Long> ends(IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        outputs().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = clients.admin()) {
            admin.listOffsets(wanted, new ListOffsetsOptions(isolation))
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    @Override
    public void close() {
        instances.forEach(InstanceProcess::killIfAlive);
        broker.close();
    }
}
