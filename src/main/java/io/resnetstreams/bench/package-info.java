/**
 * What {@code bench} measures, its tools (loads, brokers with events, probes in child processes) and its report.
 *
 * <p>Start at {@link io.resnetstreams.bench.Benchmarks} and {@link io.resnetstreams.bench.KafkaSetup}. It must not know the
 * command line.
 */
package io.resnetstreams.bench;
