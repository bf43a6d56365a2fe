package io.resnetstreams.audit;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.kafka.AdminOffsets;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.topology.Topics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Compacted topics, the group's committed offsets, and a sentence for each fact that the broker's ACLs hide. */
public record TopicSurvey(Set<String> compacted, Map<TopicPartition, Long> committed, List<String> hidden) {
    /** Queries the broker. */
    public static TopicSurvey of(Configuration configuration, KafkaClients clients) {
        List<String> hidden = new ArrayList<>();
        try (Admin admin = clients.admin()) {
            return new TopicSurvey(
                    compacted(admin, configuration, hidden),
                    committed(admin, configuration.applicationId(), hidden),
                    hidden);
        }
    }

    private static Set<String> compacted(Admin admin, Configuration configuration, List<String> hidden) {
        Set<String> compacted = new HashSet<>();
        Topics topics = configuration.topics();
        for (String topic : List.of(topics.input(), topics.labels(), topics.deadLetters())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            try {
                Config config = Futures.await(
                        admin.describeConfigs(List.of(resource)).values().get(resource));
                if (config.get(TopicConfig.CLEANUP_POLICY_CONFIG)
                        .value()
                        .contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                    compacted.add(topic);
                }
            } catch (UnknownTopicOrPartitionException e) {
                // The scan of the topic reports it.
                continue;
            } catch (AuthorizationException e) {
                hidden.add(
                        "DescribeConfigs on topic " + topic + " is missing: the topic is assumed not to be compacted");
            }
        }
        return compacted;
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String group, List<String> hidden) {
        try {
            return AdminOffsets.committed(admin, group);
        } catch (AuthorizationException e) {
            hidden.add("Describe on group " + group + " is missing: its committed offsets are not checked");
            return Map.of();
        }
    }

    /** Returns the committed offset of an input partition, if it is known. */
    public OptionalLong committed(TopicPartition partition) {
        Long offset = committed.get(partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
