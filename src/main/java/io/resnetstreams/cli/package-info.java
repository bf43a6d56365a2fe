/**
 * The command line: its entry and the commands without a group.
 *
 * <p>Start at {@link io.resnetstreams.cli.Main}. It may import every package, and no other package imports it.
 */
package io.resnetstreams.cli;
