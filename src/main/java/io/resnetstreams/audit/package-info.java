/**
 * Compares outcomes with events by source position: lost, duplicated, out of order.
 *
 * <p>Start at {@link io.resnetstreams.audit.TopicAudit} and {@link io.resnetstreams.audit.OutcomeFollower}. It must
 * not know the pipeline that wrote the outcomes.
 */
package io.resnetstreams.audit;
