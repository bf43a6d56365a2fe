/**
 * Kafka's clients from the configured connection: properties, secrets, reading and creating topics, and what a
 * failure means.
 *
 * <p>Start at {@link io.resnetstreams.kafka.KafkaClients} and {@link io.resnetstreams.kafka.Failures}. It must not
 * know the configuration file, or what records contain.
 */
package io.resnetstreams.kafka;
