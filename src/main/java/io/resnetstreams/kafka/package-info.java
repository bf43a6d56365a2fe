/**
 * Kafka's clients for the configured connection: properties, secrets, reading and creating topics, and failures.
 *
 * <p>Start at {@link KafkaClients} and {@link TopicReader}. It must not depend on the configuration file or the content of
 * records.
 */
package io.resnetstreams.kafka;
