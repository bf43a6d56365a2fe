/**
 * From an event to its outcome.
 *
 * <p>Start at {@link io.resnetstreams.inference.ClassificationService} and {@link
 * io.resnetstreams.inference.LabelRanking}. It must not know Kafka or the engine.
 */
package io.resnetstreams.inference;
