/**
 * Prometheus metrics, the lag of the group, and the scaling signal.
 *
 * <p>Start at {@link io.resnetstreams.metrics.PipelineMetrics} and {@link io.resnetstreams.metrics.ScalingSignal}.
 * It must not know HTTP servers or the command line. It is the only package that knows Prometheus.
 */
package io.resnetstreams.metrics;
