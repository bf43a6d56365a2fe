/**
 * Backfill runs: plan, shared progress, work, and audit.
 *
 * <p>Start at {@link io.resnetstreams.backfill.BackfillJob}, {@link io.resnetstreams.backfill.BackfillPlanner} and
 * {@link io.resnetstreams.backfill.RunStore}. It must not depend on the command line or Prometheus; it reports to a
 * {@link io.resnetstreams.backfill.BackfillJob.Listener}.
 */
package io.resnetstreams.backfill;
