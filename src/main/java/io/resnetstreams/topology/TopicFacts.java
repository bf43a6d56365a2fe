package io.resnetstreams.topology;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What the broker says about a topic.
 *
 * @param id differs from that of an earlier topic of the same name
 * @param configuration the topic's settings by Kafka's names; nothing where this user may not describe them
 */
record TopicFacts(String name, Uuid id, int partitions, Optional<Map<String, String>> configuration) {
    /** Returns whether the topic keeps only the last record of each key. */
    boolean isCompacted() {
        return setting(TopicConfig.CLEANUP_POLICY_CONFIG)
                .map(policy -> policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT))
                .orElse(false);
    }

    /** Returns whether the broker gives records the time of their arrival. */
    boolean setsTimestamps() {
        return setting(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).orElse("").equals("LogAppendTime");
    }

    /** Returns the largest batch of records that the topic takes, in bytes; nothing where it is not known. */
    Optional<Long> maxMessageBytes() {
        return setting(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).map(Long::valueOf);
    }

    /** Returns a setting; nothing where it is not known. */
    Optional<String> setting(String name) {
        return configuration.map(settings -> settings.get(name));
    }
}
