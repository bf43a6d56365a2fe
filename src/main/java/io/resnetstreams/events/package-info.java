/**
 * The records that cross Kafka: image events in JSON or raw bytes, labels and dead letters.
 *
 * <p>Start at {@link io.resnetstreams.events.EventReader}, {@link io.resnetstreams.events.LabelEvent} and {@link
 * io.resnetstreams.events.DeadLetter}. It must not know images, models or Kafka Streams.
 */
package io.resnetstreams.events;
