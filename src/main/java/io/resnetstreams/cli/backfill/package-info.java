/**
 * The commands under {@code backfill}.
 *
 * <p>Start at {@link io.resnetstreams.cli.backfill.BackfillCommand}. It must not know other commands; only {@code
 * cli} imports it.
 */
package io.resnetstreams.cli.backfill;
