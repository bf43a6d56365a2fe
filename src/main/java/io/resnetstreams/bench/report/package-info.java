/**
 * The report of a measurement as a page with plots.
 *
 * <p>Start at {@link io.resnetstreams.bench.report.BenchReport} and {@link
 * io.resnetstreams.bench.report.ReportPage}. It must not know the scenarios or the command line.
 */
package io.resnetstreams.bench.report;
