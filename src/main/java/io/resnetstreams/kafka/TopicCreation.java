package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.topology.TopicCheck;
import io.resnetstreams.topology.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates topics that do not exist yet. Stateless. */
public final class TopicCreation {
    static final String CREATED = "created";
    /** The result for a topic that already existed and was not changed. */
    public static final String EXISTS = "exists";

    private TopicCreation() {}

    /** Creates a pipeline's topics; returns {@link #CREATED} or {@link #EXISTS} by topic. Throws UserErrorException. */
    public static Map<String, String> create(KafkaClients clients) throws InterruptedException {
        Topics topics = clients.connection().topics().names();
        List<NewTopic> wanted = List.of(
                topic(clients, topics.input(), false),
                topic(clients, topics.labels(), true),
                topic(clients, topics.deadLetters(), true));
        return create(clients, wanted);
    }

    private static NewTopic topic(KafkaClients clients, String name, boolean output) {
        TopicSettings settings = clients.connection().topics();
        return new NewTopic(name, settings.partitions(), (short) settings.replicationFactor())
                .configs(clients.topicSettings(output));
    }

    /** Creates the given topics, with the results and errors of {@link #create(KafkaClients)}. */
    public static Map<String, String> create(KafkaClients clients, List<NewTopic> wanted) throws InterruptedException {
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
            if (e.getCause() instanceof TopicAuthorizationException) {
                throw UserErrorException.shortfall(
                        "the broker's ACLs deny it: Create and Describe on topic " + topic.name() + " are both needed",
                        e);
            }
            throw UserErrorException.shortfall(
                    "cannot create topic '" + topic.name() + "': " + Failures.describe(e), e);
        }
    }
}
