/**
 * What {@code bench} measures, a class for each scenario.
 *
 * <p>Start at {@link io.resnetstreams.bench.scenario.Benchmarks}. It must not know the command line.
 */
package io.resnetstreams.bench.scenario;
