/**
 * The commands under {@code model}.
 *
 * <p>Start at {@link io.resnetstreams.cli.model.ModelCommand}. It must not know other commands; only {@code cli}
 * imports it.
 */
package io.resnetstreams.cli.model;
