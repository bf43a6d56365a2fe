package io.resnetstreams.topology;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The description of a topic.
 *
 * @param id differs from that of a deleted topic with the same name
 * @param configuration the topic's settings by Kafka's names; empty if this user is not allowed to describe them
 */
record TopicFacts(String name, Uuid id, int partitions, Optional<Map<String, String>> configuration) {
    /** Returns whether the topic is compacted. */
    boolean isCompacted() {
        return setting(TopicConfig.CLEANUP_POLICY_CONFIG)
                .map(policy -> policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT))
                .orElse(false);
    }

    /** Returns whether the broker sets the timestamps of records. */
    boolean setsTimestamps() {
        return setting(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).orElse("").equals("LogAppendTime");
    }

    /** Returns the largest batch of records that the topic accepts, in bytes; empty if it is not known. */
    Optional<Long> maxMessageBytes() {
        return setting(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).map(Long::valueOf);
    }

    /** Returns a setting; empty if it is not known. */
    Optional<String> setting(String name) {
        return configuration.map(settings -> settings.get(name));
    }
}
