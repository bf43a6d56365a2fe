/**
 * Options and output that commands share.
 *
 * <p>Start at {@link io.resnetstreams.cli.options.PipelineCommand} and {@link
 * io.resnetstreams.cli.options.OutputOptions}. It must not know any command.
 */
package io.resnetstreams.cli.options;
