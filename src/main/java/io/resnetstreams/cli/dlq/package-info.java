/**
 * The commands under {@code dlq}.
 *
 * <p>Start at {@link io.resnetstreams.cli.dlq.DlqCommand}. It must not know other commands; only {@code cli}
 * imports it.
 */
package io.resnetstreams.cli.dlq;
