/**
 * The records that cross Kafka: image events in JSON or raw bytes, labels and dead letters.
 *
 * <p>Start at {@link EventReader}, {@link LabelEvent} and {@link DeadLetter}. It must not know images, models or Kafka Streams.
 */
package io.resnetstreams.events;
