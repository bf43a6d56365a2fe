/**
 * The HTTP server with the live page, its streams, and health.
 *
 * <p>Start at {@link io.resnetstreams.web.WebServer}, {@link io.resnetstreams.web.LivePage} and {@link
 * io.resnetstreams.web.PipelineHealth}. It must not know Prometheus, the configuration file or the command line.
 */
package io.resnetstreams.web;
