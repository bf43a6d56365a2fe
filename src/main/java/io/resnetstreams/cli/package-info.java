/**
 * The entry point of the command line, and the commands without subcommands.
 *
 * <p>Start at {@link io.resnetstreams.cli.Main}. It may import every package, and no other package imports it.
 */
package io.resnetstreams.cli;
