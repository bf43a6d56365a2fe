/**
 * From an event to its outcome.
 *
 * <p>Start at {@link ClassificationService} and {@link LabelRanking}. It must not know Kafka or the engine.
 */
package io.resnetstreams.inference;
