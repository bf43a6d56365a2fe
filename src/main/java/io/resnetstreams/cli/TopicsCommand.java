package io.resnetstreams.cli;

import io.resnetstreams.topology.TopicCheck;
import io.resnetstreams.topology.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates the topics. */
@Command(
        name = "topics",
        description = "Creates the topics that 'run' expects; those that exist are left as they are.",
        footer = "%nExample: resnet-streams topics --bootstrap localhost:9092 --partitions 12")
final class TopicsCommand implements Callable<Integer> {
    static final String CREATED = "created";
    static final String EXISTS = "exists";

    @Mixin
    private OutputOptions output;

    @Mixin
    private BrokerOptions options;

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions of each topic.")
    private Integer partitions;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = options.load("topics.partitions", partitions);
        Map<String, String> results = create(configuration);
        output.printJson(
                Map.of("topics", results, "partitions", configuration.topics().partitions()));
        results.forEach((topic, result) -> output.text().println(topic + ": " + result));
        return 0;
    }

    /** Creates the topics and returns, for each, {@code created} or {@code exists}. */
    static Map<String, String> create(Configuration configuration) throws InterruptedException {
        KafkaClients clients = new KafkaClients(configuration);
        Topics topics = configuration.topics().names();
        int partitions = configuration.topics().partitions();
        short replicationFactor = (short) configuration.topics().replicationFactor();
        List<NewTopic> wanted = List.of(
                new NewTopic(topics.input(), partitions, replicationFactor).configs(clients.topicSettings(false)),
                new NewTopic(topics.labels(), partitions, replicationFactor).configs(clients.topicSettings(false)),
                new NewTopic(topics.deadLetters(), partitions, replicationFactor).configs(clients.topicSettings(true)));
        return create(clients, wanted);
    }

    /** The same with topics given. */
    static Map<String, String> create(KafkaClients clients, List<NewTopic> wanted) throws InterruptedException {
        Map<String, String> results = new LinkedHashMap<>();
        try (Admin admin = clients.admin()) {
            Map<String, KafkaFuture<Void>> futures = admin.createTopics(wanted).values();
            for (NewTopic topic : wanted) {
                results.put(topic.name(), await(clients, admin, topic, futures.get(topic.name())));
            }
        }
        return results;
    }

    private static String await(KafkaClients clients, Admin admin, NewTopic topic, KafkaFuture<Void> future)
            throws InterruptedException {
        try {
            future.get();
            TopicCheck.awaitLeaders(admin, topic.name(), topic.numPartitions());
            return CREATED;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return EXISTS;
            }
            if (e.getCause() instanceof TimeoutException) {
                throw clients.unreachable(e);
            }
            throw UserErrorException.shortfall(
                    "cannot create topic '" + topic.name() + "': "
                            + e.getCause().getMessage(),
                    e);
        }
    }
}
