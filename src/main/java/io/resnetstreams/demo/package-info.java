/**
 * The demo: an embedded broker, the sample images, a pipeline, and the count of its outcomes.
 *
 * <p>Start at {@link io.resnetstreams.demo.DemoRun} and {@link io.resnetstreams.demo.EmbeddedBroker}. It must not
 * depend on the command line; it reports to a {@link
 * io.resnetstreams.demo.DemoRun.Listener}.
 */
package io.resnetstreams.demo;
