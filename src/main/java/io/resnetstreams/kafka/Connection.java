package io.resnetstreams.kafka;

import java.util.Map;

/**
 * How to connect to Kafka, and the topics used there.
 *
 * @param timeoutMillis how long a request waits for a broker
 * @param kafka Kafka's own properties, with unresolved references to secrets
 */
public record Connection(
        String bootstrapServers, long timeoutMillis, TopicSettings topics, Map<String, String> kafka) {}
