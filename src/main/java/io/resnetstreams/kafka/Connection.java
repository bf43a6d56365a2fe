package io.resnetstreams.kafka;

import io.resnetstreams.topology.Topics;
import java.util.Map;

/**
 * How to connect to Kafka, and the topics used there.
 *
 * @param timeoutMillis how long a request waits for a broker
 * @param partitions the number of partitions of a topic that is created
 * @param maxMessageBytes the size of the largest record
 * @param kafka Kafka's own properties, with unresolved references to secrets
 */
public record Connection(
        String bootstrapServers,
        long timeoutMillis,
        Topics topics,
        int partitions,
        short replicationFactor,
        int maxMessageBytes,
        Map<String, String> kafka) {}
