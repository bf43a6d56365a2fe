/**
 * Tools for benchmarks: loads, brokers with events, and probes in child processes.
 *
 * <p>Start at {@link io.resnetstreams.bench.KafkaSetup} and {@link io.resnetstreams.bench.Rounds}. It must not
 * know the scenarios, the reports or the command line.
 */
package io.resnetstreams.bench;
