package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.common.Folders;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.demo.EmbeddedBroker;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** A real broker with the pipeline's topics, its instances, and followers of their outcomes. */
final class TestCluster implements AutoCloseable {
    static final Path SAMPLES = Path.of("models", "resnet20-fashion-mnist", "samples");

    private final Path folder;
    private final EmbeddedBroker broker;
    private final Configuration configuration;
    private final KafkaClients clients;
    private final List<InstanceProcess> instances = new ArrayList<>();
    private final List<OutcomeFollower> followers = new ArrayList<>();

    private TestCluster(Path folder, EmbeddedBroker broker, Configuration configuration) {
        this.folder = folder;
        this.broker = broker;
        this.configuration = configuration;
        this.clients = new KafkaClients(configuration.connection());
    }

    /**
     * Starts a cluster.
     *
     * @param settings of the pipeline, as {@code key=value}
     */
    static TestCluster start(String... settings) throws IOException, InterruptedException {
        return start(Map.of(), settings);
    }

    /** Starts a cluster with properties of the broker. */
    static TestCluster start(Map<String, String> broker, String... settings) throws IOException, InterruptedException {
        ConfigurationLoader loader = new ConfigurationLoader();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            loader.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
        }
        int largest = loader.load().topicSettings().maxMessageBytes() + StreamsProperties.OUTCOME_HEADROOM_BYTES;
        Path folder = Files.createTempDirectory("resnet-streams-it");
        EmbeddedBroker server = EmbeddedBroker.start(folder, 0, largest, broker);
        Configuration configuration = loader.set("bootstrapServers", server.bootstrapServers(), "test")
                .load();
        TopicCreation.create(new KafkaClients(configuration.connection()));
        return new TestCluster(folder, server, configuration);
    }

    /** Returns an image file that gets a label. */
    static byte[] sampleImage() throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return Files.readAllBytes(files.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .findFirst()
                    .orElseThrow());
        }
    }

    /** Creates a folder with this many sample images and one file that has an image's name but is not an image. */
    static Path events(Path parent, int images) throws IOException {
        Path folder = Files.createDirectory(parent.resolve("events"));
        try (Stream<Path> samples = Files.list(SAMPLES)) {
            for (Path sample : samples.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .limit(images)
                    .toList()) {
                Files.copy(sample, folder.resolve(sample.getFileName()));
            }
        }
        Files.writeString(folder.resolve("broken.png"), "this is no image");
        return folder;
    }

    Configuration configuration() {
        return configuration;
    }

    KafkaClients clients() {
        return clients;
    }

    /** Runs {@code check} on the topics with further options and returns its exit code. */
    int check(String... options) {
        List<String> arguments = new ArrayList<>(List.of("check", "--bootstrap", bootstrap()));
        arguments.addAll(List.of(options));
        return Main.commandLine().execute(arguments.toArray(String[]::new));
    }

    String bootstrap() {
        return broker.bootstrapServers();
    }

    InstanceProcess run(String... settings) {
        return track(InstanceProcess.run(bootstrap(), settings));
    }

    InstanceProcess run(OtherBuild build, String... settings) {
        return track(InstanceProcess.run(build, bootstrap(), settings));
    }

    InstanceProcess track(InstanceProcess instance) {
        instances.add(instance);
        return instance;
    }

    OutcomeFollower follow(Map<String, Integer> expectedClasses) {
        return follow(configuration.topics(), expectedClasses);
    }

    OutcomeFollower follow(Topics topics, Map<String, Integer> expectedClasses) {
        OutcomeFollower follower =
                new OutcomeFollower(clients.committedReader(), outputs(topics), topics, expectedClasses);
        followers.add(follower);
        return follower;
    }

    /** Creates output topics for another group that reads the same events. */
    Topics furtherOutputs(String name) throws InterruptedException {
        Topics own = configuration.topics();
        Topics topics = new Topics(own.input(), own.labels() + "-" + name, own.deadLetters() + "-" + name);
        int partitions = clients.partitions(own.input()).size();
        TopicCreation.create(
                clients,
                List.of(
                        new NewTopic(topics.labels(), partitions, (short) 1).configs(clients.topicSettings(true)),
                        new NewTopic(topics.deadLetters(), partitions, (short) 1)
                                .configs(clients.topicSettings(true))));
        return topics;
    }

    private List<TopicPartition> outputs() {
        return outputs(configuration.topics());
    }

    private List<TopicPartition> outputs(Topics topics) {
        List<TopicPartition> outputs = new ArrayList<>(clients.partitions(topics.labels()));
        outputs.addAll(clients.partitions(topics.deadLetters()));
        return outputs;
    }

    /** Waits until no open transaction of a killed instance hides records, which could be duplicates. */
    void awaitNoOpenTransaction() {
        await().atMost(Duration.ofSeconds(60)).until(() -> ends(outputs(), IsolationLevel.READ_COMMITTED)
                .equals(ends(outputs(), IsolationLevel.READ_UNCOMMITTED)));
    }

    /** Returns the end offsets of all records or of committed records. */
    Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = clients.admin()) {
            admin.listOffsets(wanted, new ListOffsetsOptions(isolation))
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    /** Returns whether the pipeline's group has committed the whole input topic. */
    boolean hasNoLag() throws Exception {
        try (Admin admin = clients.admin()) {
            Map<TopicPartition, Long> committed = new HashMap<>();
            admin.listConsumerGroupOffsets(configuration.applicationId())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> committed.put(partition, offset.offset()));
            return committed.equals(
                    ends(clients.partitions(configuration.topics().input()), IsolationLevel.READ_UNCOMMITTED));
        }
    }

    /** Returns the number of members of the pipeline's group. */
    int members() throws Exception {
        try (Admin admin = clients.admin()) {
            String group = configuration.applicationId();
            return admin.describeConsumerGroups(List.of(group))
                    .all()
                    .get()
                    .get(group)
                    .members()
                    .size();
        }
    }

    /** Stops the broker permanently. */
    void stopBroker() {
        broker.close();
    }

    @Override
    public void close() {
        instances.forEach(InstanceProcess::killIfAlive);
        followers.forEach(OutcomeFollower::close);
        broker.close();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
