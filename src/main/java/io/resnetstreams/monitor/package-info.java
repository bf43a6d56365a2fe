/**
 * Wires metrics, health and page of an instance to its pipeline.
 *
 * <p>Start at {@link io.resnetstreams.monitor.Monitoring}. It must not know the command line.
 */
package io.resnetstreams.monitor;
