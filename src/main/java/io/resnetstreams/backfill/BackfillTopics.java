package io.resnetstreams.backfill;

import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * The output topics of a run. Labels have the timestamps of their events, so the broker deletes them as early as such events:
 * topics that are created here have the retention of the input.
 */
public final class BackfillTopics {
    /** The value of {@code retention.ms} for no limit. */
    private static final long UNLIMITED = -1;

    private BackfillTopics() {}

    /** Creates missing topics with the partitions of the plan; a notice names one that keeps records for too short. */
    public static void create(KafkaClients clients, BackfillPlan plan, Consumer<String> notices)
            throws InterruptedException {
        String input = plan.parameters().input();
        String output = plan.parameters().output();
        String deadLetters = plan.parameters().deadLetters();
        long retention = retentionMillis(clients, List.of(input)).get(input);
        Map<String, String> results = TopicCreation.create(
                clients,
                List.of(
                        topic(clients, output, plan.labelsFrom().size(), false, retention),
                        topic(clients, deadLetters, plan.deadLettersFrom().size(), true, retention)));
        List<String> existing = new ArrayList<>(results.keySet());
        existing.removeIf(topic -> !results.get(topic).equals(TopicCreation.EXISTS));
        retentionMillis(clients, existing).forEach((topic, millis) -> {
            if (isShorter(millis, retention)) {
                notices.accept(
                        topic + " keeps records for " + millis + " ms and " + input + " for "
                                + (retention == UNLIMITED ? "ever" : retention + " ms")
                                + " (retention.ms): labels and dead letters of older events are deleted soon after they are written");
            }
        });
    }

    private static NewTopic topic(
            KafkaClients clients, String name, int partitions, boolean deadLetters, long retention) {
        Map<String, String> settings = new HashMap<>(clients.topicSettings(deadLetters));
        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention));
        return new NewTopic(
                        name, partitions, (short) clients.connection().topics().replicationFactor())
                .configs(settings);
    }

    private static boolean isShorter(long millis, long than) {
        return millis != UNLIMITED && (than == UNLIMITED || millis < than);
    }

    /** Returns the retention of topics; it is unlimited for topics that are only compacted. */
    private static Map<String, Long> retentionMillis(KafkaClients clients, Collection<String> topics) {
        Map<String, Long> retention = new HashMap<>();
        try (Admin admin = clients.admin()) {
            configurations(admin, topics).forEach((topic, config) -> retention.put(topic, retentionMillis(config)));
        }
        return retention;
    }

    /** Returns the settings of topics. */
    static Map<String, Config> configurations(Admin admin, Collection<String> topics) {
        Map<String, Config> configurations = new HashMap<>();
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try {
            Futures.await(admin.describeConfigs(resources).all())
                    .forEach((resource, config) -> configurations.put(resource.name(), config));
        } catch (TopicAuthorizationException e) {
            throw new TopicAuthorizationException(
                    "DescribeConfigs on topic " + String.join(" or ", topics) + " is missing");
        }
        return configurations;
    }

    private static long retentionMillis(Config config) {
        boolean deletes =
                config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().contains(TopicConfig.CLEANUP_POLICY_DELETE);
        return deletes
                ? Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value())
                : UNLIMITED;
    }
}
