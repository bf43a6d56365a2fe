/**
 * A client of a schema registry that speaks Confluent's REST API: looks schemas up by id, and registers schemas.
 *
 * <p>Start at {@link SchemaRegistry}. It must know neither events nor Kafka.
 */
package io.resnetstreams.registry;
