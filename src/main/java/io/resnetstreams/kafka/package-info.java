/**
 * Kafka's clients for the configured connection: properties, secrets, reading and creating topics, and the meaning of
 * failures.
 *
 * <p>Start at {@link io.resnetstreams.kafka.KafkaClients} and {@link io.resnetstreams.kafka.TopicReader}. It must not
 * depend on the configuration file or the content of records.
 */
package io.resnetstreams.kafka;
