/**
 * The configuration: its keys, its sources and its checks.
 *
 * <p>Start at {@link io.resnetstreams.config.Configuration} and {@link
 * io.resnetstreams.config.ConfigurationLoader}. It must not know the command line or any running component.
 */
package io.resnetstreams.config;
