/**
 * The Kafka Streams topology: the window of events in flight, the commit frontier, and the output topics.
 *
 * <p>Start at {@link Pipeline}, {@link ClassifyProcessor} and {@link CommitFrontier}. It must not know the engine, images or
 * Prometheus; it calls {@link EventClassifier}.
 */
package io.resnetstreams.topology;
