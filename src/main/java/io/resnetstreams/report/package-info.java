/**
 * Charts as SVG or PNG.
 *
 * <p>Start at {@link io.resnetstreams.report.Charts}. It must not know Kafka or the command line.
 */
package io.resnetstreams.report;
