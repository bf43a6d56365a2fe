/**
 * Instruments for measurements: loads, brokers with events, probes in processes of their own.
 *
 * <p>Start at {@link io.resnetstreams.bench.KafkaSetup} and {@link io.resnetstreams.bench.Rounds}. It must not
 * know the scenarios, the reports or the command line.
 */
package io.resnetstreams.bench;
