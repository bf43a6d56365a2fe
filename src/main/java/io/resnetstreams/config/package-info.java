/**
 * The configuration: its keys, the layers it comes from, and its checks.
 *
 * <p>Start at {@link io.resnetstreams.config.Configuration} and {@link
 * io.resnetstreams.config.ConfigurationLoader}. It must not know the command line or anything that is running.
 */
package io.resnetstreams.config;
