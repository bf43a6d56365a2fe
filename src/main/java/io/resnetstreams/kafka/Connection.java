package io.resnetstreams.kafka;

import io.resnetstreams.topology.Topics;
import java.util.Map;

/**
 * How Kafka is reached, and the topics that are used there.
 *
 * @param timeoutMillis how long a request may wait for a broker
 * @param partitions of each topic that is created
 * @param maxMessageBytes size of the largest record
 * @param kafka Kafka's own properties, with references to secrets unresolved
 */
public record Connection(
        String bootstrapServers,
        long timeoutMillis,
        Topics topics,
        int partitions,
        short replicationFactor,
        int maxMessageBytes,
        Map<String, String> kafka) {}
