/**
 * The Kafka Streams topology: the window of events in flight, the commit frontier, and the output topics.
 *
 * <p>Start at {@link io.resnetstreams.topology.Pipeline}, {@link io.resnetstreams.topology.ClassifyProcessor} and
 * {@link io.resnetstreams.topology.CommitFrontier}. It must not know the engine, images or Prometheus; it calls
 * {@link io.resnetstreams.topology.EventClassifier}.
 */
package io.resnetstreams.topology;
